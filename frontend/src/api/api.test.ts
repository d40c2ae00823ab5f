import { afterEach, describe, expect, it, vi } from 'vitest'
import { api, inWords, onProofNeeded, onSignedOut, Refusal, Unreachable } from './api'

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: {
      'Content-Type': status < 400 ? 'application/json' : 'application/problem+json',
      ...headers,
    },
  })

function answer(response: Response | Error) {
  const fetched = vi.fn(async (_url: string, _init: RequestInit) => {
    if (response instanceof Error) throw response
    return response
  })
  vi.stubGlobal('fetch', fetched)
  return fetched
}

afterEach(() => vi.unstubAllGlobals())

describe('a call', () => {
  it('carries our header, JSON and the query', async () => {
    const fetched = answer(json(201, { id: 1 }))
    expect(await api.post('/api/x', { a: 1 }, { query: { q: 'é', none: undefined } })).toEqual({
      id: 1,
    })
    const [url, init] = fetched.mock.calls[0] ?? []
    expect(url).toBe('/api/x?q=%C3%A9')
    expect(init).toMatchObject({ method: 'POST', body: '{"a":1}', redirect: 'error' })
    expect(init?.headers).toMatchObject({ 'X-Cartable': '1', 'Content-Type': 'application/json' })
  })
  it('gives nothing for an answer without content', async () => {
    answer(new Response(null, { status: 204 }))
    expect(await api.delete('/api/x')).toBeUndefined()
  })
})

describe('a refusal', () => {
  it('keeps its code, details and patience', async () => {
    answer(
      json(
        429,
        { code: 'too_many_attempts', details: { retry_after: 40 } },
        { 'Retry-After': '40' },
      ),
    )
    const refusal = await api.post('/api/sign-in').catch((error) => error)
    expect(refusal).toBeInstanceOf(Refusal)
    expect(refusal).toMatchObject({ code: 'too_many_attempts', status: 429, retryAfter: 40 })
    expect(inWords(refusal).replace(/\s/g, ' ')).toBe('Trop d’essais. Réessayez dans 40 s.')
  })
  it('tells those who listen that the device is signed out, for these codes only', async () => {
    const heard: string[] = []
    const stop = onSignedOut((refusal) => heard.push(refusal.code))
    for (const code of ['not_signed_in', 'device_signed_out', 'revoked', 'wrong_credentials']) {
      answer(json(401, { code }))
      await api.get('/api/me').catch(() => undefined)
    }
    stop()
    expect(heard).toEqual(['not_signed_in', 'device_signed_out', 'revoked'])
  })
  it('has words even for a code the interface does not know', () => {
    expect(inWords(new Refusal('brand_new', 409))).toContain('brand_new')
    expect(inWords(new Refusal('http_500', 500))).toContain('panne')
    const because = (reason: string) => inWords(new Refusal('authority_suspended', 403, { reason }))
    expect(because('Fin du contrat')).toContain('Fin du contrat')
    expect(because('')).not.toContain('«')
    expect(inWords(new Error('boom'))).toContain('boom')
  })
})

describe('a proof that is needed', () => {
  const refusing = () => {
    const answers = [json(403, { code: 'proof_needed' }), json(200, { done: true })]
    const fetched = vi.fn(async () => answers.shift() as Response)
    vi.stubGlobal('fetch', fetched)
    return fetched
  }
  it('is asked, and the same request is sent again', async () => {
    const fetched = refusing()
    onProofNeeded(async () => true)
    expect(await api.post('/api/x', { a: 1 })).toEqual({ done: true })
    const [first, second] = fetched.mock.calls as unknown as [string, RequestInit][]
    expect(second?.[0]).toBe(first?.[0])
    expect(second?.[1].body).toBe('{"a":1}')
  })
  it('stays a refusal when the person would rather not, and is asked once', async () => {
    refusing()
    onProofNeeded(async () => false)
    await expect(api.post('/api/x')).rejects.toMatchObject({ code: 'proof_needed' })
    answer(json(403, { code: 'proof_needed' }))
    const ask = vi.fn(async () => true)
    onProofNeeded(ask)
    answer(json(403, { code: 'role_missing' }))
    await expect(api.post('/api/x')).rejects.toMatchObject({ code: 'role_missing' })
    expect(ask).not.toHaveBeenCalled()
  })
})

describe('no answer of ours', () => {
  it('is unreachable when the network fails', async () => {
    answer(new TypeError('Failed to fetch'))
    await expect(api.get('/api/me')).rejects.toMatchObject({
      name: 'Unreachable',
      reason: 'network',
    })
  })
  it('is unreachable when a captive portal answers in its place', async () => {
    answer(new Response('<h1>Bienvenue</h1>', { headers: { 'Content-Type': 'text/html' } }))
    const error = await api.get<Unreachable>('/api/me').catch((reason: Unreachable) => reason)
    expect(error).toBeInstanceOf(Unreachable)
    expect(error.reason).toBe('captive_portal')
    expect(inWords(error)).toContain('Ce réseau demande')
  })
  it('is unreachable behind a proxy whose server is starting, or when JSON is cut', async () => {
    answer(new Response('Bad gateway', { status: 502, headers: { 'Content-Type': 'text/html' } }))
    await expect(api.get('/api/me')).rejects.toMatchObject({ reason: 'network' })
    answer(new Response('{"id":', { headers: { 'Content-Type': 'application/json' } }))
    await expect(api.get('/api/me')).rejects.toMatchObject({ reason: 'network' })
  })
  it('stays an abort when the caller gave up', async () => {
    const stop = new AbortController()
    stop.abort()
    answer(new DOMException('gone', 'AbortError'))
    await expect(api.get('/api/me', { signal: stop.signal })).rejects.toMatchObject({
      name: 'AbortError',
    })
  })
})
