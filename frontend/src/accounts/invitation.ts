import type { Schemas } from '../api/types'

export type Invitation = Schemas['Invitation']

const KEY = 'invitation'

/**
 * The secret of a link, taken out of the address: what stays in a history may be read by whoever
 * borrows the tablet. Kept for this window, in case the person must sign in first.
 */
export function takeSecret(location: Location, history: History, kept: Storage): string {
  const secret = location.hash.slice(1)
  if (secret) {
    history.replaceState(history.state, '', location.pathname)
    kept.setItem(KEY, secret)
  }
  return secret || (kept.getItem(KEY) ?? '')
}

/** The invitation was accepted, or opens nothing: nothing of it stays. */
export function dropSecret(kept: Storage): void {
  kept.removeItem(KEY)
}
