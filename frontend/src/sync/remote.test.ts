import { afterEach, expect, it, vi } from 'vitest'
import type { Pending } from '../local/outbox'
import { remote } from './remote'

afterEach(() => vi.unstubAllGlobals())

it('sends no half of a letter, which the server could not read', async () => {
  const fetched = vi.fn(async (_url: string, _init: RequestInit) =>
    Response.json({ outcomes: [{ mid: 'm' }] }),
  )
  vi.stubGlobal('fetch', fetched)
  const draft = {
    name: 'edit_note',
    entity: 'n',
    body: { text: 'cassé \ud83d, entier 😀' },
  } as const
  const one: Pending = { ...draft, mid: 'm', version: 1, base: 0, at: '', order: 1 }
  expect(await remote.push('a', 'e', [one])).toEqual(['m'])
  const sent = JSON.parse(fetched.mock.calls[0]?.[1].body as string)
  expect(sent.mutations[0].body.text).toBe('cassé \ufffd, entier 😀')
})
