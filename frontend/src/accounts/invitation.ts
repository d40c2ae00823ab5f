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

/** What a link that opens nothing any more is refused by; the others are mended by signing in. */
export function isClosed(code: string): boolean {
  return code.startsWith('ticket_') || code === 'membership_ended'
}

/** The invitation was accepted, or opens nothing: nothing of it stays. */
export function dropSecret(kept: Storage): void {
  kept.removeItem(KEY)
}
