import type { IDBPObjectStore } from 'idb'
import { changed } from './changes'
import { type Kind, type Kinds, parentOf, type WireRow } from './kinds'
import { openJson } from './opened'
import { countOwed, type Receipt, type Settling, type Stores, settle } from './receipts'
import { type AuthoritySchema, type Mark, NO_MARK, type Store, type StoredRow } from './schema'
import { type Sealed, sealJson } from './seal'
import { together, whole } from './whole'

/** What to do with a page of a pull, decided from the mark of the very transaction that does it. */
export interface Decision {
  mark: Mark
  /** Rows of a scan older than `mark.scan` leave. */
  sweep: boolean
  /** What becomes of the changes that wait; only on a last page. */
  receipt?: Receipt | null
}

export interface Applied {
  /** False when the page was ignored. */
  taken: boolean
  /** The mark in force after it. */
  mark: Mark
  /** Rows that are in the store. */
  rows: number
  /** Changes that wait in the outbox. */
  pending: number
  /** Changes that were sent to another number line: the next pull asks about them. */
  owed: number
  receipt: Receipt | null
}

const MARK = 'sync'

function placeOf(kind: string, id: string): string {
  return `rows/${kind}/${id}`
}

export async function readMark(store: Store): Promise<Mark> {
  return ((await store.db.get('meta', MARK)) as Mark | undefined) ?? NO_MARK
}

type RowStore = IDBPObjectStore<AuthoritySchema, Stores[], 'rows', 'readwrite'>

function write(
  into: RowStore,
  row: WireRow,
  sealed: Sealed | null | undefined,
  scan: number,
): Promise<unknown> {
  const { kind, id, seq, value } = row
  return sealed
    ? into.put({ kind, id, seq, scan, parent: parentOf(kind, value), sealed })
    : into.delete([kind, id])
}

/**
 * Applies a page: rows, cursor, epoch, sweep and acknowledgements in ONE transaction, or nothing. `decide` gets the
 * durable mark and answers null to ignore the page.
 */
export async function applyPage(
  store: Store,
  rows: WireRow[],
  decide: (mark: Mark) => Decision | null,
): Promise<Applied> {
  // Sealed before: a transaction closes by itself when anything but the database is awaited in it.
  const boxes = await Promise.all(
    rows.map((row) =>
      row.deleted ? null : sealJson(store.key, placeOf(row.kind, row.id), row.value),
    ),
  )
  const tx = store.db.transaction(['rows', 'meta', 'outbox', 'sent'], 'readwrite', {
    durability: 'strict',
  })
  const applied = await whole(tx, async (): Promise<Applied> => {
    const found = ((await tx.objectStore('meta').get(MARK)) as Mark | undefined) ?? NO_MARK
    const decision = decide(found)
    if (decision) await carryOut(tx, decision, rows, boxes)
    const mark = decision?.mark ?? found
    return {
      taken: decision !== null,
      mark,
      rows: await tx.objectStore('rows').count(),
      pending: await tx.objectStore('outbox').count(),
      owed: await countOwed(tx, mark.epoch),
      receipt: decision?.receipt ?? null,
    }
  })
  if (applied.taken) changed('rows')
  return applied
}

async function carryOut(
  tx: Settling,
  { mark, sweep, receipt }: Decision,
  rows: WireRow[],
  boxes: (Sealed | null)[],
): Promise<void> {
  const into = tx.objectStore('rows')
  const writes = rows.map((row, n) => together(write(into, row, boxes[n], mark.scan)))
  writes.push(together(tx.objectStore('meta').put(mark, MARK)))
  if (sweep) {
    const older = await into.index('scan').getAllKeys(IDBKeyRange.upperBound(mark.scan, true))
    writes.push(...older.map((key) => together(into.delete(key))))
  }
  if (receipt) await settle(tx, receipt)
  await Promise.all(writes)
}

async function open<K extends Kind>(store: Store, row: StoredRow): Promise<Kinds[K]> {
  return openJson<Kinds[K]>(store.key, placeOf(row.kind, row.id), row.sealed)
}

export async function readRow<K extends Kind>(
  store: Store,
  kind: K,
  id: string,
): Promise<Kinds[K] | undefined> {
  const row = await store.db.get('rows', [kind, id])
  return row && open<K>(store, row)
}

export async function readRows<K extends Kind>(store: Store, kind: K): Promise<Kinds[K][]> {
  const rows = await store.db.getAll('rows', IDBKeyRange.bound([kind], [kind, []]))
  return Promise.all(rows.map((row) => open<K>(store, row)))
}

/** Rows listed under another: items and documents of a sitting, versions of a document. */
export async function readUnder<K extends Kind>(
  store: Store,
  kind: K,
  parent: string,
): Promise<Kinds[K][]> {
  const rows = await store.db.getAllFromIndex('rows', 'parent', IDBKeyRange.only([kind, parent]))
  return Promise.all(rows.map((row) => open<K>(store, row)))
}

export function countUnder(store: Store, kind: Kind, parent: string): Promise<number> {
  return store.db.countFromIndex('rows', 'parent', IDBKeyRange.only([kind, parent]))
}
