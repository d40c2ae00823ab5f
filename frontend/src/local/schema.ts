import {
  type DBSchema,
  type IDBPDatabase,
  type IDBPTransaction,
  openDB,
  type StoreNames,
} from 'idb'
import type { Sealed } from './seal'

/** One synced row. Ids and order are clear so that they can be indexed; the words are sealed. */
export interface StoredRow {
  kind: string
  id: string
  seq: number
  /** Number of the scan that brought it last: rows of an older scan are swept (sync.md, section 2). */
  scan: number
  parent: string
  sealed: Sealed
}

/** How far this store has read the authority's number line. Durable, changed only with its rows. */
export interface Mark {
  cursor: string | null
  epoch: string | null
  scan: number
  /** A scan has begun and its last page has not come: nothing may be swept yet. */
  scanning: boolean
  /** The server's clock at the last page applied (ISO 8601), empty before the first. */
  now: string
}

export const NO_MARK: Mark = { cursor: null, epoch: null, scan: 0, scanning: false, now: '' }

/** A change waiting to be sent, then kept for the day a server is restored (sync.md, section 4). */
export interface Mutation {
  mid: string
  order: number
  entity: string
  /** `seq` of the entity as it was seen, or mid of an earlier change of it. */
  base: number | string
  /** A restored server had lost it once: others may have been written without it on the screen. */
  isBack?: boolean
  /** The number line that the rows on the screen came from when it was written. */
  line?: string
  sealed: Sealed
}

/** A change the server has: the number line that acknowledged it last, and the server's clock then. */
export type Sent = Mutation & { epoch: string; stamp: string }

/** What of a file is here. `have[n]` is true once slice n is verified, sealed and stored. */
export interface StoredFile {
  sha256: string
  size: number
  /** Bytes of one slice; the last is shorter. */
  slice: number
  /** SHA-256 of each slice, in order. */
  slices: string[]
  have: boolean[]
  complete: boolean
  role: FileRole
  /** Wanted because somebody opened it, though no rule asks for its download. */
  opened: boolean
}

export type FileRole = 'paper' | 'text' | 'preview'

export interface AuthoritySchema extends DBSchema {
  rows: {
    key: [string, string]
    value: StoredRow
    indexes: { parent: [string, string]; scan: number }
  }
  meta: { key: string; value: unknown }
  outbox: { key: string; value: Mutation; indexes: { order: number; entity: string } }
  sent: { key: string; value: Sent; indexes: { epoch: [string, string] } }
  files: { key: string; value: StoredFile }
  chunks: { key: [string, number]; value: Sealed }
  places: { key: string; value: { document: string; sealed: Sealed } }
  visits: { key: string; value: { sitting: string; sealed: Sealed } }
}

interface DeviceSchema extends DBSchema {
  keys: { key: [string, string]; value: { account: string; authority: string; key: CryptoKey } }
  meta: { key: string; value: unknown }
}

export type AuthorityDb = IDBPDatabase<AuthoritySchema>
export type DeviceDb = IDBPDatabase<DeviceSchema>
type Change<S extends DBSchema> = (
  db: IDBPDatabase<S>,
  tx: IDBPTransaction<S, StoreNames<S>[], 'versionchange'>,
) => void

/** Each entry brings a store from the version of its index to the next. Never edited, only added to. */
const AUTHORITY_CHANGES: Change<AuthoritySchema>[] = [
  (db) => {
    const rows = db.createObjectStore('rows', { keyPath: ['kind', 'id'] })
    rows.createIndex('parent', ['kind', 'parent'])
    rows.createIndex('scan', 'scan')
    db.createObjectStore('meta')
    db.createObjectStore('outbox', { keyPath: 'mid' }).createIndex('order', 'order')
    db.createObjectStore('sent', { keyPath: 'mid' })
    db.createObjectStore('files', { keyPath: 'sha256' })
    db.createObjectStore('chunks')
    db.createObjectStore('places', { keyPath: 'document' })
    db.createObjectStore('visits', { keyPath: 'sitting' })
  },
  (_, tx) => void tx.objectStore('outbox').createIndex('entity', 'entity'),
  (_, tx) => void tx.objectStore('sent').createIndex('epoch', ['epoch', 'stamp']),
]

const DEVICE_CHANGES: Change<DeviceSchema>[] = [
  (db) => {
    db.createObjectStore('keys', { keyPath: ['account', 'authority'] })
    db.createObjectStore('meta')
  },
]

/** `gone` is told when the browser, a wipe or a newer version of the application closed it. */
async function open<S extends DBSchema>(
  name: string,
  changes: Change<S>[],
  gone: () => void,
): Promise<IDBPDatabase<S>> {
  const db: IDBPDatabase<S> = await openDB<S>(name, changes.length, {
    upgrade(upgraded, from, _, tx) {
      for (const change of changes.slice(from)) change(upgraded, tx)
    },
    // A newer version of the application, or a wipe, must never wait for a forgotten tab.
    blocking() {
      db.close()
      gone()
    },
    terminated: gone,
  })
  return db
}

/** One database per account and authority: two people may share a tablet, and a wipe is whole. */
export function databaseName(account: string, authority: string): string {
  return `cartable:${account}:${authority}`
}

export function openAuthorityDb(
  account: string,
  authority: string,
  gone: () => void,
): Promise<AuthorityDb> {
  return open(databaseName(account, authority), AUTHORITY_CHANGES, gone)
}

export function openDeviceDb(gone: () => void): Promise<DeviceDb> {
  return open('cartable', DEVICE_CHANGES, gone)
}
