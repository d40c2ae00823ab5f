import { keyOf, makeKey } from './device'
import { forgetOpened } from './opened'
import { type AuthorityDb, openAuthorityDb } from './schema'

/** What one tablet holds of one authority for one account. */
export interface Store {
  readonly account: string
  readonly authority: string
  readonly key: CryptoKey
  readonly db: AuthorityDb
}

/** This tablet holds nothing of this authority, or no longer. */
export class NotHeld extends Error {}

const opened = new Map<string, Promise<Store>>()

function openWith(account: string, authority: string, key: CryptoKey): Promise<Store> {
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
    db,
  }))
  opened.set(name, opening)
  opening.catch(gone)
  return opening
}

/** Rejects with `NotHeld` where there is no key: reading must not bring back what was wiped. */
export async function openStore(account: string, authority: string): Promise<Store> {
  const key = await keyOf(account, authority)
  if (!key) throw new NotHeld(authority)
  return openWith(account, authority, key)
}

/** Opens it, or makes it where there is none: for the sync alone. */
export async function makeStore(account: string, authority: string): Promise<Store> {
  return openWith(account, authority, await makeKey(account, authority))
}
