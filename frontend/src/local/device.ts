import { deleteDB } from 'idb'
import { changed } from './changes'
import { type DeviceDb, databaseName, type Keys, openDeviceDb } from './schema'
import { newKey, newMix } from './seal'

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

/**
 * The keys of one account's store of one authority; undefined when this tablet holds none. Those that
 * an older version made get what they lack first: nobody opens a store that seals nothing in camera.
 */
export async function keysOf(account: string, authority: string): Promise<Keys | undefined> {
  const kept = await (await device()).get('keys', [account, authority])
  return !kept || kept.mix ? kept : completeKeys(kept)
}

async function completeKeys({ account, authority }: Keys): Promise<Keys | undefined> {
  const mix = await newMix()
  const tx = (await device()).transaction('keys', 'readwrite', { durability: 'strict' })
  const there = await tx.store.get([account, authority])
  // A wipe in between is not undone; what another tab added is the only one.
  const whole = there && { mix, ...there }
  if (whole && !there.mix) await tx.store.put(whole)
  await tx.done
  return whole
}

/** The one that opens what is there. */
export async function keyOf(account: string, authority: string): Promise<CryptoKey | undefined> {
  return (await keysOf(account, authority))?.key
}

/** Made now when there is none. */
export async function makeKeys(account: string, authority: string): Promise<Keys> {
  const kept = await keysOf(account, authority)
  if (kept) return kept
  const made = { account, authority, key: await newKey(), mix: await newMix() }
  // Another tab may have made them meanwhile: the first stored are the only ones.
  const tx = (await device()).transaction('keys', 'readwrite', { durability: 'strict' })
  const first = await tx.store.get([account, authority])
  if (!first) await tx.store.put(made)
  await tx.done
  if (!first) changed('authorities')
  return first ?? made
}

/** The same, when only the first of them matters. */
export async function makeKey(account: string, authority: string): Promise<CryptoKey> {
  return (await makeKeys(account, authority)).key
}

/** Authorities of which this tablet holds a store for this account. */
export async function heldAuthorities(account: string): Promise<string[]> {
  const db = await device()
  const keys = await db.getAllKeys('keys', IDBKeyRange.bound([account], [account, []]))
  return keys.map(([, authority]) => authority)
}

/**
 * What this device is for the server, and by what it will say that it has erased itself: the note
 * `device` of an account. Once the account has left, nobody could ask for it any more.
 */
export interface Credentials {
  id: string
  proof: string
}

/** Something was erased, and the server has not heard of it. */
export interface Wiped extends Credentials {
  account: string
  authority: string
}

const WIPED = ':wiped'

/**
 * Forgets one authority of one account. The key goes first, with the promise to say so: from then on
 * what a crash might leave behind is noise.
 */
export async function wipeAuthority(account: string, authority: string): Promise<void> {
  const db = await device()
  const mine = await recall<Credentials>('device', account)
  const tx = db.transaction(['keys', 'meta'], 'readwrite', { durability: 'strict' })
  const [keys, meta] = [tx.objectStore('keys'), tx.objectStore('meta')]
  if (mine && (await keys.getKey([account, authority]))) {
    const before = ((await meta.get(WIPED)) ?? []) as Wiped[]
    await meta.put([...before, { ...mine, account, authority }], WIPED)
  }
  await keys.delete([account, authority])
  await tx.done
  await erase(account, authority)
  changed('authorities')
  changed('rows')
}

/** Whatever is left of a store that has no key any more, and what the browser may have kept of it. */
async function erase(account: string, authority: string): Promise<void> {
  await deleteDB(databaseName(account, authority))
  for (const name of (await globalThis.caches?.keys()) ?? []) {
    const cache = await caches.open(name)
    for (const { url } of await cache.keys()) if (url.includes(authority)) await cache.delete(url)
  }
}

/** What the server must still be told; erased to the end first, should a crash have come between. */
export async function readWiped(): Promise<Wiped[]> {
  const all = (await recall<Wiped[]>('wiped')) ?? []
  for (const { account, authority } of all) {
    if (!(await keyOf(account, authority))) await erase(account, authority)
  }
  return all
}

/** The server has heard of it. */
export async function settleWiped({ id, authority }: Wiped): Promise<void> {
  const tx = (await device()).transaction('meta', 'readwrite')
  const all = ((await tx.store.get(WIPED)) ?? []) as Wiped[]
  const left = all.filter((one) => one.id !== id || one.authority !== authority)
  await (left.length > 0 ? tx.store.put(left, WIPED) : tx.store.delete(WIPED))
  await tx.done
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
