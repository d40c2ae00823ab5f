import { deleteDB } from 'idb'
import { changed } from './changes'
import { type DeviceDb, databaseName, openDeviceDb } from './schema'
import { newKey } from './seal'

/** What belongs to the tablet and to nobody's authority: keys, and small notes in clear. */

let opened: Promise<DeviceDb> | undefined

function device(): Promise<DeviceDb> {
  const forget = () => {
    opened = undefined
  }
  if (!opened) {
    opened = openDeviceDb(forget)
    opened.catch(forget)
  }
  return opened
}

/** The key of one account's store of one authority; undefined when this tablet holds none. */
export async function keyOf(account: string, authority: string): Promise<CryptoKey | undefined> {
  return (await (await device()).get('keys', [account, authority]))?.key
}

/** The same, made now when there is none. */
export async function makeKey(account: string, authority: string): Promise<CryptoKey> {
  const kept = await keyOf(account, authority)
  if (kept) return kept
  const made = await newKey()
  // Another tab may have made one meanwhile: the first stored is the only one.
  const tx = (await device()).transaction('keys', 'readwrite', { durability: 'strict' })
  const first = await tx.store.get([account, authority])
  if (!first) await tx.store.put({ account, authority, key: made })
  await tx.done
  if (!first) changed('authorities')
  return first?.key ?? made
}

/** Authorities of which this tablet holds a store for this account. */
export async function heldAuthorities(account: string): Promise<string[]> {
  const db = await device()
  const keys = await db.getAllKeys('keys', IDBKeyRange.bound([account], [account, []]))
  return keys.map(([, authority]) => authority)
}

/**
 * Forgets one authority of one account. The key goes first: from then on what a crash might leave
 * behind is noise.
 */
export async function wipeAuthority(account: string, authority: string): Promise<void> {
  const db = await device()
  const tx = db.transaction('keys', 'readwrite', { durability: 'strict' })
  await tx.store.delete([account, authority])
  await tx.done
  await deleteDB(databaseName(account, authority))
  changed('authorities')
  changed('rows')
}

/** Forgets everything of one account on this tablet, and of nobody else. */
export async function wipeAccount(account: string): Promise<void> {
  for (const authority of await heldAuthorities(account)) await wipeAuthority(account, authority)
  const db = await device()
  await db.delete('meta', IDBKeyRange.bound(`${account}:`, `${account}:\uffff`))
}

/** A small note of the tablet, in clear; `account` undefined when it is nobody's. */
export async function recall<T>(name: string, account = ''): Promise<T | undefined> {
  return (await (await device()).get('meta', `${account}:${name}`)) as T | undefined
}

export async function remember(name: string, value: unknown, account = ''): Promise<void> {
  await (await device()).put('meta', value, `${account}:${name}`)
}
