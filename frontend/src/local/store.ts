import { keyOf, makeKey } from './device'
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

function openWith(
  account: string,
  authority: string,
  keyed: () => Promise<CryptoKey>,
): Promise<Store> {
  const name = `${account}:${authority}`
  const kept = opened.get(name)
  if (kept) return kept
  const gone = () => {
    if (opened.get(name) === opening) opened.delete(name)
  }
  const opening = keyed().then(async (key) => ({
    account,
    authority,
    key,
    db: await openAuthorityDb(account, authority, gone),
  }))
  opened.set(name, opening)
  opening.catch(gone)
  return opening
}

/** Rejects with `NotHeld` where there is no key: reading must not bring back what was wiped. */
export function openStore(account: string, authority: string): Promise<Store> {
  return openWith(account, authority, async () => {
    const key = await keyOf(account, authority)
    if (!key) throw new NotHeld(authority)
    return key
  })
}

/** Opens it, or makes it where there is none: for the sync alone. */
export function makeStore(account: string, authority: string): Promise<Store> {
  return openWith(account, authority, () => makeKey(account, authority))
}
