import type { IDBPObjectStore, IDBPTransaction } from 'idb'
import type { AuthoritySchema, Mark, Mutation, Sent } from './schema'
import type { Store } from './store'
import { together } from './whole'

/** What a pull asks about: mids of the outbox, and of `sent` when the number line is another. */
export interface Holding {
  waiting: string[]
  sent: string[]
}

/** What the last page of a pull says of the mids that its request had listed. */
export interface Receipt {
  /** The server has these. */
  held: string[]
  /** These were sent to a number line that is no more, and this one does not have them. */
  lost: string[]
  epoch: string
  /** The server's clock (ISO 8601). */
  now: string
  /** What was acknowledged before is no longer kept. */
  keptSince: string
}

export type Stores = 'rows' | 'meta' | 'outbox' | 'sent'
export type Settling = IDBPTransaction<AuthoritySchema, Stores[], 'readwrite'>
type Keys = Pick<
  IDBPObjectStore<AuthoritySchema, Stores[], 'sent', 'readonly' | 'readwrite'>,
  'index'
>

/** Lists the outbox in the order it was written, after what must be asked about again. */
export async function readHolding(store: Store, most: number): Promise<Holding> {
  const tx = store.db.transaction(['meta', 'outbox', 'sent'])
  const mark = (await tx.objectStore('meta').get('sync')) as Mark | undefined
  const sent = mark?.epoch ? await sentElsewhere(tx.objectStore('sent'), mark.epoch, most) : []
  const left = most - sent.length
  const waiting = left ? await tx.objectStore('outbox').index('order').getAllKeys(null, left) : []
  return { sent, waiting }
}

/** Mids last acknowledged by another number line than this one: a restore may have lost them. */
async function sentElsewhere(sent: Keys, epoch: string, most?: number): Promise<string[]> {
  const index = sent.index('epoch')
  const [before, after] = [
    IDBKeyRange.upperBound([epoch], true),
    IDBKeyRange.lowerBound([epoch, []]),
  ]
  const found = await index.getAllKeys(before, most)
  if (most !== undefined && found.length >= most) return found
  return [...found, ...(await index.getAllKeys(after, most && most - found.length))]
}

/** How many of `sent` are still to be asked about. */
export async function countOwed(tx: Settling, epoch: string | null): Promise<number> {
  return epoch ? (await sentElsewhere(tx.objectStore('sent'), epoch)).length : 0
}

/**
 * Outbox to `sent` for what the server has, `sent` to outbox, with their mids and their order, for
 * what it lost; and forgets what was kept long enough. Inside the transaction that applies the page.
 */
export async function settle(tx: Settling, receipt: Receipt): Promise<void> {
  const { held, lost, epoch, now, keptSince } = receipt
  const [outbox, sent] = [tx.objectStore('outbox'), tx.objectStore('sent')]
  const writes: Promise<unknown>[] = []
  const keep = (entry: Mutation) => {
    writes.push(together(sent.put({ ...entry, epoch, stamp: now })))
  }
  for (const mid of held) {
    const waiting = await outbox.get(mid)
    const entry = waiting ?? (await sent.get(mid))
    if (waiting) writes.push(together(outbox.delete(mid)))
    if (entry) keep(entry)
  }
  const back: Sent[] = []
  for (const mid of lost) {
    const entry = await sent.get(mid)
    if (!entry || entry.epoch === epoch) continue
    writes.push(together(sent.delete(mid)))
    back.push(entry)
  }
  for (const entry of await chained(tx, back)) writes.push(together(outbox.put(entry)))
  const old = IDBKeyRange.bound([epoch], [epoch, keptSince], false, true)
  for (const mid of await sent.index('epoch').getAllKeys(old)) {
    writes.push(together(sent.delete(mid)))
  }
  await Promise.all(writes)
}

/**
 * What goes back to the outbox. A number of the lost line says nothing to the new one, which would
 * take an author's own words for somebody else's, and make two notes of one or write a word twice: so
 * what was made from a row is from now on made from the change before it, where that goes back too,
 * for the first time, and had seen no more. The same for what waits, made from rows of that line;
 * what was written since the restore was seen was made from what the screen then showed.
 */
async function chained(tx: Settling, back: Sent[]): Promise<Mutation[]> {
  const known = new Map<string, Mutation>(back.map((entry) => [entry.mid, entry]))
  const last = new Map<string, Mutation & { line?: string }>()
  const chain: Mutation[] = []
  for (const entry of [...back, ...(await waitingUpon(tx, back))].toSorted(byOrder)) {
    const { base, entity } = entry
    const before = last.get(entity)
    const isLost = known.has(entry.mid)
    const isUpon =
      typeof base === 'number' &&
      before?.isBack === false &&
      (isLost || entry.line === before.line) &&
      (await rootOf(tx, known, before)) <= base
    const from = isUpon ? before.mid : base
    if (isLost) chain.push({ ...waitingAgain(entry as Sent), base: from, isBack: true })
    else if (isUpon) chain.push({ ...entry, base: from })
    const line = isLost ? (entry as Sent).epoch : entry.line
    last.set(entity, { ...entry, line, isBack: entry.isBack ?? false })
  }
  return chain
}

/** What waits to be sent about what goes back. */
async function waitingUpon(tx: Settling, back: Sent[]): Promise<Mutation[]> {
  const entities = [...new Set(back.map(({ entity }) => entity))]
  const index = tx.objectStore('outbox').index('entity')
  return (await Promise.all(entities.map((entity) => index.getAll(entity)))).flat()
}

function byOrder(one: Mutation, two: Mutation): number {
  return one.order - two.order
}

/** The number seen where a chain of own changes began; beyond any other when nobody knows. */
async function rootOf(
  tx: Settling,
  known: Map<string, Mutation>,
  { base }: Mutation,
): Promise<number> {
  if (typeof base === 'number') return base
  const before = known.get(base) ?? (await tx.objectStore('sent').get(base))
  return before ? rootOf(tx, known, before) : Number.POSITIVE_INFINITY
}

function waitingAgain({ epoch: _, stamp: __, ...entry }: Sent): Mutation {
  return entry
}
