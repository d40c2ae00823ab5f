import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Me } from './me'

const me: Me = {
  account: {
    id: 'a1',
    email: 'claire@staubin.example',
    civility: 'Mme',
    first_name: 'Claire',
    last_name: 'Bonnet',
    is_operator: false,
  },
  device: {
    id: 'd1',
    name: 'iPad',
    created_at: '2026-11-01T08:00:00Z',
    last_seen_at: '2026-11-21T08:00:00Z',
    is_current: true,
    is_extra: false,
  },
  memberships: [],
  wipe_proof: '0'.repeat(64),
}

type Answer = { status: number; body?: unknown } | 'cut' | 'silence'
let answers: Record<string, Answer>

async function respond(url: string, init: RequestInit): Promise<Response> {
  const answer = answers[`${init.method} ${url}`] ?? 'cut'
  if (answer === 'cut') throw new TypeError('Failed to fetch')
  if (answer === 'silence') return new Promise(() => undefined)
  if (answer.status === 204) return new Response(null, { status: 204 })
  return new Response(JSON.stringify(answer.body), {
    status: answer.status,
    headers: { 'Content-Type': 'application/json' },
  })
}

/** The application as a page that opens anew, on a device that keeps what it kept. */
async function open() {
  vi.resetModules()
  const page = { ...(await import('./account.svelte')), ...(await import('./remembered')) }
  return page
}

beforeEach(async () => {
  answers = {}
  vi.stubGlobal('fetch', respond)
  await (await open()).forget()
})
afterEach(() => vi.unstubAllGlobals())

describe('opening the application', () => {
  it('welcomes who is signed in, and remembers for a start without network', async () => {
    answers = { 'GET /api/me': { status: 200, body: me } }
    const first = await open()
    await first.openAccount()
    expect(first.account).toMatchObject({
      known: true,
      online: true,
      me: { account: { id: 'a1' } },
    })

    answers = {}
    const later = await open()
    await later.openAccount()
    expect(later.account).toMatchObject({
      known: true,
      online: false,
      me: { account: { id: 'a1' } },
    })
  })
  it('knows at once who was here, before the server answers', async () => {
    const page = await open()
    await page.remember(me)
    answers = { 'GET /api/me': 'silence' }
    void page.openAccount()
    await vi.waitFor(() => expect(page.account.known).toBe(true))
    expect(page.account.me?.account.id).toBe('a1')
  })
  it('shows the door when nobody is known and nobody answers', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    answers = { 'GET /api/me': 'silence' }
    const page = await open()
    const opening = page.openAccount()
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(1_000)
      expect(page.account.known).toBe(true)
    })
    await opening
    expect(page.account.me).toBeUndefined()
    vi.useRealTimers()
  })
})

describe('losing the account', () => {
  it.each([
    ['not_signed_in', 'expired'],
    ['device_signed_out', 'device_signed_out'],
    ['revoked', 'device_signed_out'],
  ])('after %s, says goodbye and forgets', async (code, goodbye) => {
    const page = await open()
    await page.remember(me)
    const told = vi.fn()
    page.onGoodbye(told)
    answers = { 'GET /api/me': { status: 401, body: { code } } }
    await page.openAccount()
    await vi.waitFor(async () => expect(await page.recall()).toBeUndefined())
    expect(told).toHaveBeenCalledExactlyOnceWith(
      goodbye,
      expect.objectContaining({ account: me.account }),
    )
    expect(page.account).toMatchObject({ me: undefined, goodbye })
  })
  it('signs out only once the server knows', async () => {
    const page = await open()
    await page.remember(me)
    answers = { 'GET /api/me': { status: 200, body: me } }
    await page.openAccount()
    await expect(page.signOut()).rejects.toMatchObject({ name: 'Unreachable' })
    expect(page.account.me).toBeDefined()
    answers = { 'POST /api/sign-out': { status: 204 } }
    await page.signOut()
    expect(page.account).toMatchObject({ me: undefined, goodbye: 'signed_out' })
    expect(await page.recall()).toBeUndefined()
  })
})

describe('somebody else who signs in from another window', () => {
  it('takes the place, once what followed the first has stopped', async () => {
    const page = await open()
    await page.remember(me)
    const other = { ...me, account: { ...me.account, id: 'b2' } }
    const spoken: unknown[] = []
    const { api, OURS } = await import('../api/api')
    page.onGoodbye((why, gone) => void spoken.push(why, gone.account.id, OURS['X-Cartable']))
    answers = { 'GET /api/me': { status: 200, body: me } }
    await page.openAccount()
    expect(OURS['X-Cartable']).toBe('a1')
    answers = {
      'GET /api/me': { status: 200, body: other },
      'GET /api/devices': { status: 401, body: { code: 'another_account' } },
    }
    await expect(api.get('/api/devices')).rejects.toMatchObject({ code: 'another_account' })
    await vi.waitFor(() => expect(page.account.me?.account.id).toBe('b2'))
    expect(spoken).toEqual(['expired', 'a1', 'a1'])
    expect(OURS['X-Cartable']).toBe('b2')
    expect(page.account.goodbye).toBeUndefined()
    expect((await page.recall())?.account.id).toBe('b2')
  })
})

describe('signing in', () => {
  it('leaves nothing behind when the password is wrong', async () => {
    const page = await open()
    answers = { 'POST /api/sign-in': { status: 401, body: { code: 'wrong_credentials' } } }
    await expect(page.signIn('a@b.fr', 'x', 'iPad')).rejects.toMatchObject({
      code: 'wrong_credentials',
    })
    expect(page.account.me).toBeUndefined()
    expect(await page.recall()).toBeUndefined()
  })
})
