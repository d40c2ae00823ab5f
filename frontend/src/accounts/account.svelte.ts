import { ANYBODY, api, onSignedOut, Refusal, speakFor, Unreachable } from '../api/api'
import { cameSo, forgetProvider } from '../connections/going'
import type { Me, Membership } from './me'
import { forget, recall, remember } from './remembered'

/**
 * Why the account left this device: the person said so here, the device was signed out from
 * elsewhere (its papers must go), or the sign-in simply ran out (they may stay for its return).
 */
export type Goodbye = 'signed_out' | 'device_signed_out' | 'expired'

const PATIENCE_MS = 2_500

interface State {
  /** `unknown` until the device has been asked; then who is there. */
  known: boolean
  me: Me | undefined
  /** False when the last word with the server failed for want of a network. */
  online: boolean
  goodbye: Goodbye | undefined
}

const state: State = $state({ known: false, me: undefined, online: true, goodbye: undefined })
const farewells = new Set<(goodbye: Goodbye, me: Me) => Promise<void> | void>()

/** Who is signed in on this device. Read it in components; change it with the deeds below. */
export const account: Readonly<State> = state

/** Calls `listener` before the account is forgotten, to take away what belongs to it. */
export function onGoodbye(listener: (goodbye: Goodbye, me: Me) => Promise<void> | void): void {
  farewells.add(listener)
}

/** The membership of an authority, if the person has one. */
export function membership(authority: string): Membership | undefined {
  return state.me?.memberships.find((one) => one.authority.id === authority)
}

/** Opens with who was here last, without waiting for the network, then asks the server. */
export async function openAccount(): Promise<void> {
  onSignedOut(({ code }) => {
    if (code === 'another_account') void refreshAccount()
    else void leave(code === 'not_signed_in' ? 'expired' : 'device_signed_out')
  })
  state.me = await recall().catch(() => undefined)
  if (state.me) speakFor(state.me.account.id)
  state.known = state.me !== undefined
  // Nobody remembered and no answer: the door is shown, and opens by itself if one comes.
  await Promise.race([refreshAccount(), new Promise((done) => setTimeout(done, PATIENCE_MS))])
  state.known = true
}

/** Asks the server who is signed in. Without a network, what was known stays. */
export async function refreshAccount(): Promise<void> {
  try {
    await welcome(await api.get<Me>('/api/me', ANYBODY))
  } catch (error) {
    state.online = !(error instanceof Unreachable)
    if (error instanceof Refusal || error instanceof Unreachable) return
    throw error
  }
}

async function welcome(me: Me): Promise<void> {
  // What follows the one who was here stops before this window may speak for the one who came.
  if (state.me && state.me.account.id !== me.account.id) await leave('expired')
  speakFor(me.account.id)
  state.me = me
  state.online = true
  state.goodbye = undefined
  await remember(structuredClone($state.snapshot(me) as Me))
}

/** Refuses with `wrong_credentials`, `second_step_needed` or `too_many_attempts`. */
export async function signIn(email: string, password: string, deviceName: string): Promise<void> {
  await enterBy('/api/sign-in', { email, password, device_name: deviceName })
}

/** Signs this device in by the way that `path` is. */
export async function enterBy(path: string, body: Record<string, unknown>): Promise<void> {
  await api.post(path, body, ANYBODY)
  await welcome(await api.get<Me>('/api/me', ANYBODY))
}

/** Signs this device out; its papers go with it. Needs the network, or the server would not know. */
export async function signOut(): Promise<void> {
  let address: string | null = null
  if (cameSo()) {
    const told = await api.post<{ address: string | null }>('/api/sign-out/provider')
    address = told.address
    forgetProvider()
  } else await api.post('/api/sign-out')
  await leave('signed_out')
  // The provider closes its own session, and sends the browser back to the door.
  if (address) location.assign(address)
}

async function leave(goodbye: Goodbye): Promise<void> {
  const me = state.me
  if (!me) return
  state.me = undefined
  state.goodbye = goodbye
  for (const farewell of farewells) await farewell(goodbye, $state.snapshot(me) as Me)
  await forget()
}
