import type { WireRow } from '../../local/kinds'
import type { Pulled } from '../receive'
import type { Change } from './memory'

interface Row {
  seq: number
  deleted: boolean
  value: number
  /** Readable by the member only while they hold this right; null: always. */
  right: string | null
}

export interface View {
  [id: string]: number
}

const START = Date.parse('2026-01-01T00:00:00Z')

export type Pushed = 'taken' | 'stale' | 'rejected'

/** The server's half of sync.md, sections 1 to 3, for one member: the oracle of the tests. */
export class ModelServer {
  epoch = 'e0'
  /** Milliseconds since 1970. */
  time = START
  /** Every change it has, and the row and number it became. */
  log = new Map<string, { entity: string; seq: number }>()
  /** How often each change was applied on this number line. */
  applied = new Map<string, number>()
  /** Changes that came before the one they were made from. */
  orphans: Change[] = []
  hasEnded = false
  /** A defect of the server: `held` on every page. */
  heldEarly = false
  seq = 0
  access = 0
  floor = 0
  rows = new Map<string, Row>()
  rights = new Set(['a'])
  #epochs = 0
  #backup: { time: number; kept: string } | undefined

  put(id: string, right: string | null): void {
    this.putMany([id], right)
  }

  /** Several rows in one deed bear one number: a page may not be cut inside. */
  putMany(ids: string[], right: string | null): void {
    this.seq += 1
    for (const id of ids) {
      const before = this.rows.get(id)
      // Who may read a row is an access change, numbered apart from the row.
      if (before && before.right !== right) this.access = this.seq
      this.rows.set(id, { seq: this.seq, deleted: false, value: this.seq, right })
    }
  }

  remove(id: string): void {
    const row = this.rows.get(id)
    if (!row) return
    this.seq += 1
    this.rows.set(id, { ...row, seq: this.seq, deleted: true })
  }

  turn(right: string): void {
    this.seq += 1
    if (!this.rights.delete(right)) this.rights.add(right)
    this.access = this.seq
  }

  purge(): void {
    this.seq += 1
    for (const [id, row] of this.rows) {
      if (!row.deleted) continue
      this.floor = Math.max(this.floor, row.seq)
      this.rows.delete(id)
    }
  }

  backup(): void {
    const { access, floor, rows, rights, log, applied } = this
    const kept = [access, floor, [...rows], [...rights], [...log], [...applied]]
    this.#backup = { time: this.time, kept: JSON.stringify(kept) }
  }

  /** False when there is no backup that tablets could complete: none, or too old. */
  restore(most = 34 * 24 * 3_600_000): boolean {
    if (!this.#backup || this.time - this.#backup.time > most) return false
    const [access, floor, rows, rights, log, applied] = JSON.parse(this.#backup.kept)
    Object.assign(this, { access, floor, rows: new Map(rows), rights: new Set(rights) })
    Object.assign(this, { log: new Map(log), applied: new Map(applied) })
    this.#epochs += 1
    this.epoch = `e${this.#epochs}`
    this.seq += 1_000_000
    return true
  }

  /** The membership ends: nothing may be read any more; what is pushed is parked. */
  end(): void {
    this.seq += 1
    this.hasEnded = true
    this.access = this.seq
  }

  push(epoch: string, batch: Change[], checks: { epoch: boolean; mid: boolean }): Pushed {
    if (checks.epoch && epoch !== this.epoch) return 'stale'
    if (batch.some(({ bad }) => bad)) return 'rejected'
    this.seq += 1
    for (const change of batch) {
      const { mid, entity, base } = change
      if (checks.mid && this.log.has(mid)) continue
      if (typeof base === 'string' && !this.log.has(base)) this.orphans.push(change)
      this.applied.set(mid, (this.applied.get(mid) ?? 0) + 1)
      this.log.set(mid, { entity, seq: this.seq })
      this.rows.set(entity, { seq: this.seq, deleted: false, value: this.seq, right: null })
    }
    return 'taken'
  }

  #readable(row: Row): boolean {
    return !this.hasEnded && (row.right === null || this.rights.has(row.right))
  }

  view(): View {
    const read = [...this.rows].filter(([, row]) => !row.deleted && this.#readable(row))
    return Object.fromEntries(read.map(([id, row]) => [id, row.value]))
  }

  pull(cursor: string | null, limit: number, holding: string[] = []): Pulled {
    let [epoch, start, c] = JSON.parse(cursor ?? '[null,0,0]') as [string | null, number, number]
    const reset =
      cursor === null ||
      epoch !== this.epoch ||
      start < this.access ||
      Math.max(start, c) < this.floor ||
      c > this.seq
    if (reset) [epoch, start, c] = [this.epoch, this.seq, 0]
    const todo = [...this.rows]
      .filter(([, row]) => row.seq > c && this.#readable(row))
      .sort(([, a], [, b]) => a.seq - b.seq)
    const last = todo[Math.min(limit, todo.length) - 1]?.[1].seq ?? 0
    const page = todo.filter(([, row]) => row.seq <= last)
    const more = page.length < todo.length
    const rows = page.map(
      ([id, { seq, deleted, value }]): WireRow =>
        deleted ? { kind: 'row', id, seq, deleted } : { kind: 'row', id, seq, value },
    )
    const next = JSON.stringify([epoch, start, more ? last : this.seq])
    const now = new Date(this.time).toISOString()
    return {
      cursor_in: cursor,
      cursor: next,
      epoch: this.epoch,
      reset,
      rows,
      more,
      held: more && !this.heldEarly ? [] : holding.filter((mid) => this.log.has(mid)),
      now,
    }
  }
}
