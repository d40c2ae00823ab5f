import { deleteDB } from 'idb'
import { keyOf } from '../../../local/device'
import { type Pending, readPending } from '../../../local/outbox'
import { type AuthorityDb, openAuthorityDb, openDeviceDb } from '../../../local/schema'
import { newKey, unsealJson } from '../../../local/seal'

/** The disk of a tablet as the model handles it from outside: read, copied, put back, erased. */

const STORES = ['rows', 'meta', 'outbox', 'sent'] as const

/** A tablet's key, and its synced stores: keys and values of each, in the same order. */
export interface Copy {
  key: CryptoKey | undefined
  stores: Record<string, { keys: IDBValidKey[]; values: unknown[] }>
}

/** What of a tablet the model looks at after each thing that happens there. */
export interface Glance {
  /** In the order they were written. */
  outbox: string[]
  sent: string[]
  mark: unknown
  /** Every row, when a page was applied since the last look. */
  rows?: unknown[]
  /** Changes that were never told before. */
  news?: Pending[]
}

async function withDb<T>(
  device: string,
  authority: string,
  work: (db: AuthorityDb) => Promise<T>,
): Promise<T> {
  const db = await openAuthorityDb(device, authority, () => {})
  try {
    return await work(db)
  } finally {
    db.close()
  }
}

export function erase(name: string): Promise<void> {
  return deleteDB(name)
}

export async function copyOf(device: string, authority: string): Promise<Copy> {
  const key = await keyOf(device, authority)
  return withDb(device, authority, async (db) => {
    const stores: Copy['stores'] = {}
    for (const name of STORES) {
      const [keys, values] = await Promise.all([db.getAllKeys(name), db.getAll(name)])
      stores[name] = { keys: keys as IDBValidKey[], values }
    }
    return { key, stores }
  })
}

/** Makes the disk what the copy says, or as it is after an eviction without one. */
export async function lay(device: string, authority: string, copy?: Copy): Promise<void> {
  const key = copy?.key ?? (await newKey())
  const kept = await openDeviceDb(() => {})
  await kept.put('keys', { account: device, authority, key })
  kept.close()
  await withDb(device, authority, async (db) => {
    const tx = db.transaction(STORES, 'readwrite')
    for (const name of STORES) {
      const store = tx.objectStore(name)
      await store.clear()
      const { keys = [], values = [] } = copy?.stores[name] ?? {}
      for (const [n, value] of values.entries()) {
        const key = store.keyPath === null ? (keys[n] as never) : undefined
        await store.put(value as never, key)
      }
    }
    await tx.done
  })
}

const looked = new Map<string, string>()
const told = new Set<string>()

export function forgetLooks(): void {
  looked.clear()
  told.clear()
}

export async function glance(device: string, authority: string): Promise<Glance> {
  const key = await keyOf(device, authority)
  return withDb(device, authority, async (db) => {
    const tx = db.transaction(['outbox', 'sent', 'meta'])
    const [outbox, sent, mark] = await Promise.all([
      tx.objectStore('outbox').index('order').getAllKeys(),
      tx.objectStore('sent').getAllKeys(),
      tx.objectStore('meta').get('sync'),
    ])
    const glance: Glance = { outbox, sent, mark: mark ?? null }
    const seen = JSON.stringify(glance.mark)
    if (looked.get(device) !== seen) glance.rows = key ? await rowsOf(db, key) : []
    looked.set(device, seen)
    if (key && outbox.some((mid) => !told.has(mid))) {
      const all = await readPending({ account: device, authority, key, db })
      glance.news = all.filter(({ mid }) => !told.has(mid))
      for (const mid of outbox) told.add(mid)
    }
    return glance
  })
}

/** Every row: kind, id, number and value. */
async function rowsOf(db: AuthorityDb, key: CryptoKey): Promise<unknown[]> {
  const rows = await db.getAll('rows')
  return Promise.all(
    rows.map(async ({ kind, id, seq, sealed }) => [
      kind,
      id,
      seq,
      await unsealJson(key, `rows/${kind}/${id}`, sealed),
    ]),
  )
}
