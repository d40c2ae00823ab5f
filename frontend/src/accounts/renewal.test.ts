// @vitest-environment jsdom
import { mount, unmount } from 'svelte'
import { afterEach, expect, it, vi } from 'vitest'
import { go, here } from '../ui/navigation.svelte'
import { openAccount } from './account.svelte'
import Invitation from './Invitation.svelte'

const account = {
  id: 'a1',
  email: 'claire@staubin.example',
  civility: '',
  first_name: 'Claire',
  last_name: 'Bonnet',
  is_operator: false,
}
const me = (device: string) => ({
  account,
  device: { id: device, name: 'iPad', is_current: true, is_extra: false },
  memberships: [],
  wipe_proof: '0'.repeat(64),
})
const invitation = {
  ...account,
  authority_name: 'Saint-Aubin',
  expires_at: '2026-12-01T08:00:00Z',
  must_sign_in: false,
  is_renewal: true,
}
const second = { challenge: 'c'.repeat(43), ways: ['code'] }
const refusal = (code: string, details = {}) => ({ status: 401, code, details })

let session: string | undefined = 'old'
let pulled = 0

async function respond(url: string, init: RequestInit): Promise<Response> {
  const [status, body] = answer(`${init.method} ${url}`)
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json' },
  })
}

function answer(asked: string): [number, unknown] {
  if (asked === 'POST /api/invitation/read') return [200, invitation]
  if (asked === 'POST /api/invitation/accept') {
    session = undefined
    return [401, refusal('second_step_needed', second)]
  }
  if (asked === 'POST /api/sign-in/second-step') {
    session = 'new'
    return [201, {}]
  }
  pulled += 1
  return session ? [200, me(session)] : [401, refusal('not_signed_in')]
}

const find = <T extends Element>(selector: string) =>
  vi.waitUntil(() => document.querySelector<T>(selector))

async function type(selector: string, text: string): Promise<void> {
  const field = await find<HTMLInputElement>(selector)
  field.value = text
  field.dispatchEvent(new Event('input', { bubbles: true }))
  field.form?.requestSubmit()
}

afterEach(() => vi.unstubAllGlobals())

it('asks for the second step where the person is still signed in', async () => {
  vi.stubGlobal('fetch', respond)
  await openAccount()
  sessionStorage.setItem('invitation', 'secret')
  go('/invitation')
  const page = mount(Invitation, { target: document.body })
  await type('input[type=password]', 'une phrase de passe longue')
  await find('input[autocomplete=one-time-code]')
  await vi.waitUntil(() => pulled >= 2)
  expect(here().path).toBe('/invitation')
  await type('input[autocomplete=one-time-code]', '123 456')
  await vi.waitUntil(() => here().path !== '/invitation')
  expect(session).toBe('new')
  await unmount(page)
})
