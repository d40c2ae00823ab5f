import { keysOf, makeKeys } from './device'
import { readLock } from './lease'
import { forgetOpened } from './opened'
import { type Keys, openAuthorityDb, type Store } from './schema'

export type { Store } from './schema'

/** This tablet holds nothing of this authority, or no longer. */
export class NotHeld extends Error {}

/** It is here, but has not spoken with the server for too long. */
export class Locked extends NotHeld {}

const opened = new Map<string, Promise<Store>>()

function openWith({ account, authority, key, mix }: Keys): Promise<Store> {
  const name = `${account}:${authority}`
  const kept = opened.get(name)
  if (kept) return kept
  const gone = () => {
    forgetOpened(key)
    if (opened.get(name) === opening) opened.delete(name)
  }
  const opening = openAuthorityDb(account, authority, gone).then((db) => ({
    account,
    authority,
    key,
    mix,
    db,
  }))
  opened.set(name, opening)
  opening.catch(gone)
  return opening
}

/**
 * Rejects with `NotHeld` where there is no key: reading must not bring back what was wiped. With
 * `Locked` when the lease is over.
 */
export async function openStore(account: string, authority: string): Promise<Store> {
  const store = await openKept(account, authority)
  if ((await readLock(store, Date.now())) === 'all') throw new Locked(authority)
  return store
}

/** The same whatever the lease says: to count, to send and to watch, never to show. */
export async function openKept(account: string, authority: string): Promise<Store> {
  const keys = await keysOf(account, authority)
  if (!keys) throw new NotHeld(authority)
  return openWith(keys)
}

/** Opens it, or makes it where there is none: for the sync alone. */
export async function makeStore(account: string, authority: string): Promise<Store> {
  return openWith(await makeKeys(account, authority))
}
