import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { heldAuthorities } from '../local/device'
import { openJson } from '../local/opened'
import { write } from '../local/outbox'
import { sealJson } from '../local/seal'
import { makeStore } from '../local/store'
import { partFrom, stopFollowing } from './follow'

beforeEach(() => {
  vi.stubGlobal('isSecureContext', true)
  vi.stubGlobal('navigator', { locks: {} })
})
afterEach(() => vi.unstubAllGlobals())

it.each([
  ['is no longer followed here', () => stopFollowing()],
  ['was signed out from elsewhere and has changes to send', () => partFrom('anne')],
])('forgets what it had opened of an account that %s', async (_, leave) => {
  const store = await makeStore('anne', 'town')
  await write(store, [{ name: 'edit_note', entity: 'n1', body: { text: 'unsent' } }])
  const box = await sealJson(store.key, 'here', 'word')
  const decrypt = vi.spyOn(crypto.subtle, 'decrypt')
  const read = () => openJson(store.key, 'here', box)
  await read()
  await read()
  expect(decrypt).toHaveBeenCalledTimes(1)
  await leave()
  await read()
  expect(decrypt).toHaveBeenCalledTimes(2)
  expect(await heldAuthorities('anne')).toEqual(['town'])
})
