import type { WireRow } from '../../local/kinds'
import type { Pulled } from '../core'

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

/** The server's half of sync.md, sections 1 and 2, for one member: the oracle of the tests. */
export class ModelServer {
  epoch = 'e0'
  seq = 0
  access = 0
  floor = 0
  rows = new Map<string, Row>()
  rights = new Set(['a'])
  #epochs = 0
  #backup: string | undefined

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
    this.#backup = JSON.stringify([this.access, this.floor, [...this.rows], [...this.rights]])
  }

  restore(): void {
    if (!this.#backup) return
    const [access, floor, rows, rights] = JSON.parse(this.#backup)
    Object.assign(this, { access, floor, rows: new Map(rows), rights: new Set(rights) })
    this.#epochs += 1
    this.epoch = `e${this.#epochs}`
    this.seq += 1_000_000
  }

  #readable(row: Row): boolean {
    return row.right === null || this.rights.has(row.right)
  }

  view(): View {
    const read = [...this.rows].filter(([, row]) => !row.deleted && this.#readable(row))
    return Object.fromEntries(read.map(([id, row]) => [id, row.value]))
  }

  pull(cursor: string | null, limit: number): Pulled {
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
    const now = String(this.seq)
    return {
      cursor_in: cursor,
      cursor: next,
      epoch: this.epoch,
      reset,
      rows,
      more,
      held: [],
      now,
    }
  }
}
