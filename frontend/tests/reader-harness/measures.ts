/** What the tablet's own database costs, beside the browser's bare one: called by tests/bench/marks.py. */
import { annotationRule } from '../../src/annotations/replay'
import type { Annotation } from '../../src/local/kinds'
import { type Draft, uuid7, write } from '../../src/local/outbox'
import { applyPage, readUnder } from '../../src/local/rows'
import { NO_MARK } from '../../src/local/schema'
import { makeStore } from '../../src/local/store'
import { readView } from '../../src/local/view'

const DOCUMENT = uuid7()
const PAGE = 500
const store = await makeStore('measures', 'town')

/** A stroke of 40 points, as a hand leaves it. */
const mark = (): Annotation['mark'] => ({
  kind: 'ink',
  colour: 'blue',
  width: 1.3,
  label: '',
  points: Array.from({ length: 120 }, (_, n) => (n % 3 === 2 ? 0.5 : 72 + n * 2.7)),
})

const body = (page: number) => ({
  document_id: DOCUMENT,
  sha256: 'a'.repeat(64),
  page,
  page_hash: 'b'.repeat(64),
  mark: mark(),
})

const draft = (page: number): Draft => ({
  name: 'put_annotation',
  entity: uuid7(),
  body: body(page),
})

function row(page: number) {
  const at = new Date().toISOString()
  const times = { created_at: at, modified_at: at }
  const id = uuid7()
  const value = { id, ...body(page), ...times, forked_from: null, device_name: '' }
  return { kind: 'annotation' as const, id, seq: page, value }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await run()
  return performance.now() - begun
}

const measures = {
  /** Rows as a pull brings them, and changes that wait. */
  async fill(rows: number, pending: number): Promise<void> {
    for (let n = 0; n < rows; n += PAGE) {
      const page = Array.from({ length: PAGE }, (_, m) => row(n + m + 1))
      await applyPage(store, page, () => ({ mark: NO_MARK, sweep: false }))
    }
    await write(
      store,
      Array.from({ length: pending }, (_, n) => draft(n + 1)),
    )
  },

  /** What a screen of notes reads again after one more change. */
  async replay(): Promise<number> {
    await write(store, [draft(1)])
    const read = () => readUnder(store, 'annotation', DOCUMENT)
    return timed(() => readView(store, read, annotationRule()))
  },

  /** The same rows and changes out of the database, still sealed. */
  bareRead: () =>
    timed(async () => {
      await store.db.getAllFromIndex('outbox', 'order')
      const range = IDBKeyRange.only(['annotation', DOCUMENT])
      await store.db.getAllFromIndex('rows', 'parent', range)
    }),

  /** Pen up, until the mark is on the disk. */
  save: () => timed(() => write(store, [draft(1)])),

  /** As many bytes in one transaction that is as durable. */
  async bareSave(): Promise<number> {
    const sealed = { iv: new Uint8Array(12), data: new ArrayBuffer(900) }
    const mid = uuid7()
    const took = await timed(async () => {
      const tx = store.db.transaction('outbox', 'readwrite', { durability: 'strict' })
      await tx.store.put({ mid, order: -1, entity: 'bare', base: 0, sealed })
      await tx.done
    })
    await store.db.delete('outbox', mid)
    return took
  },
}

Object.assign(window, { measures })
