import { ANYBODY, api } from '../api/api'
import type { Schemas } from '../api/types'

export type AuthorityDoor = Schemas['AuthorityDoor']

/** Which authority's door this browser came by last, by id. */
const DOOR = 'cartable-door'
/** In this tab: where to go on from once back from a provider. */
const AFTER = 'cartable-after'
/** This browser came in by a provider: signing out closes the session there too. */
const BY_PROVIDER = 'cartable-by-provider'

/** The buttons of an authority: the one asked for, the one of the last visit, or the only one. */
export async function readDoor(asked?: string): Promise<AuthorityDoor> {
  const authority = asked ?? localStorage.getItem(DOOR) ?? undefined
  const door = await api.get<AuthorityDoor>('/api/door', { ...ANYBODY, query: { authority } })
  if (asked && door.authority_id) localStorage.setItem(DOOR, door.authority_id)
  return door
}

/** Leaves for a provider; `next` is the address to be at afterwards. */
export async function leaveFor(
  connection: string,
  purpose: 'enter' | 'link' | 'proof',
  next: string,
): Promise<void> {
  const { address } = await api.post<Schemas['Away']>(
    `/api/connections/${connection}/${purpose}`,
    purpose === 'enter' ? {} : undefined,
  )
  sessionStorage.setItem(AFTER, next)
  location.assign(address)
}

/** Where to go on from; told once. */
export function nextAfter(): string | undefined {
  const next = sessionStorage.getItem(AFTER) ?? undefined
  sessionStorage.removeItem(AFTER)
  return next
}

export function cameByProvider(authority: string): void {
  localStorage.setItem(DOOR, authority)
  localStorage.setItem(BY_PROVIDER, '1')
}

/** Whether the session of this browser was opened by a provider. */
export function cameSo(): boolean {
  return globalThis.localStorage?.getItem(BY_PROVIDER) === '1'
}

/** That session is closed. */
export function forgetProvider(): void {
  globalThis.localStorage?.removeItem(BY_PROVIDER)
}
