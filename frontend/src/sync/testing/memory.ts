import type { WireRow } from '../../local/kinds'
import type { Holding, Receipt } from '../../local/receipts'
import type { Applied, Decision } from '../../local/rows'
import { type Mark, NO_MARK } from '../../local/schema'

/** A change, as far as the model cares: what it says is its mid. */
export interface Change {
  mid: string
  order: number
  entity: string
  base: number | string
  /** Refused by the server, whatever comes with it. */
  bad?: boolean
}

type Sent = Change & { epoch: string; stamp: string }

/** What `local/` keeps, as plain maps: fast enough for many histories. */
export class Disk {
  rows = new Map<string, { value: number; scan: number }>()
  mark: Mark = NO_MARK
  outbox = new Map<string, Change>()
  sent = new Map<string, Sent>()
  last = 0

  copy(): Disk {
    return Object.assign(new Disk(), structuredClone({ ...this }))
  }

  write(mid: string, entity: string, bad: boolean): Change {
    const own = [...this.outbox.values()].filter((one) => one.entity === entity).at(-1)
    const base = own?.mid ?? this.rows.get(entity)?.value ?? 0
    this.last += 1
    const change: Change = { mid, order: this.last, entity, base, bad }
    this.outbox.set(mid, change)
    return change
  }

  waiting(): Change[] {
    return [...this.outbox.values()].sort((a, b) => a.order - b.order)
  }

  holding(most: number): Holding {
    const owed = [...this.sent.values()].filter(({ epoch }) => epoch !== this.mark.epoch)
    const sent = this.mark.epoch ? owed.slice(0, most).map(({ mid }) => mid) : []
    const waiting = this.waiting().slice(0, most - sent.length)
    return { sent, waiting: waiting.map(({ mid }) => mid) }
  }

  has(mid: string): boolean {
    return this.outbox.has(mid) || this.sent.has(mid)
  }

  apply(rows: WireRow[], decision: Decision | null, keepsTombstones: boolean): Applied {
    if (decision) {
      for (const { id, deleted, value } of rows) {
        if (!deleted) this.rows.set(id, { value: value as number, scan: decision.mark.scan })
        else if (!keepsTombstones) this.rows.delete(id)
      }
      for (const [id, { scan }] of this.rows) {
        if (decision.sweep && scan < decision.mark.scan) this.rows.delete(id)
      }
      this.mark = decision.mark
      if (decision.receipt) this.settle(decision.receipt)
    }
    return {
      taken: decision !== null,
      mark: this.mark,
      rows: this.rows.size,
      pending: this.outbox.size,
      owed: [...this.sent.values()].filter(({ epoch }) => epoch !== this.mark.epoch).length,
      receipt: decision?.receipt ?? null,
    }
  }

  settle({ held, lost, epoch, now, keptSince }: Receipt): void {
    for (const mid of held) {
      const entry = this.outbox.get(mid) ?? this.sent.get(mid)
      this.outbox.delete(mid)
      if (entry) this.sent.set(mid, { ...entry, epoch, stamp: now })
    }
    for (const mid of lost) {
      const entry = this.sent.get(mid)
      if (!entry || entry.epoch === epoch) continue
      this.sent.delete(mid)
      this.outbox.set(mid, entry)
    }
    for (const [mid, entry] of this.sent) {
      if (entry.epoch === epoch && entry.stamp < keptSince) this.sent.delete(mid)
    }
  }
}
