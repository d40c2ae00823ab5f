import { expect, it } from 'vitest'
import {
  keysOf,
  makeKeys,
  readWiped,
  remember,
  settleWiped,
  wipeAccount,
  wipeAuthority,
} from './device'
import { makeStore } from './store'

const MINE = { id: 'device-1', proof: 'f'.repeat(64) }

it('promises to tell of each authority it erased, until the server has heard', async () => {
  await remember('device', MINE, 'anne')
  for (const authority of ['town', 'community']) await makeStore('anne', authority)
  await wipeAuthority('anne', 'town')
  expect(await readWiped()).toEqual([{ ...MINE, account: 'anne', authority: 'town' }])
  expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain('cartable:anne:town')
  await wipeAccount('anne')
  const both = await readWiped()
  expect(both.map(({ authority }) => authority)).toEqual(['town', 'community'])
  for (const wiped of both) await settleWiped(wiped)
  expect(await readWiped()).toEqual([])
})

it('erases to the end what a crash left behind, before it says so', async () => {
  await remember('device', MINE, 'max')
  const store = await makeStore('max', 'town')
  await wipeAuthority('max', 'town')
  store.db.close()
  await new Promise<void>((done) => {
    const left = indexedDB.open('cartable:max:town')
    left.onsuccess = () => {
      left.result.close()
      done()
    }
  })
  expect((await indexedDB.databases()).map(({ name }) => name)).toContain('cartable:max:town')
  expect(await readWiped()).toHaveLength(1)
  expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain('cartable:max:town')
  for (const wiped of await readWiped()) await settleWiped(wiped)
})

it('says nothing of what it never held', async () => {
  await remember('device', MINE, 'zoe')
  await wipeAuthority('zoe', 'town')
  expect(await readWiped()).toEqual([])
})

it('makes keys that nobody can read out, not even this application', async () => {
  const [one, two] = await Promise.all([makeKeys('lea', 'town'), makeKeys('lea', 'town')])
  expect(await keysOf('lea', 'town')).toMatchObject({ account: 'lea', authority: 'town' })
  expect(two.key === one.key || two.key.algorithm.name === one.key.algorithm.name).toBe(true)
  for (const key of [one.key, one.mix as CryptoKey]) {
    expect(key.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow()
  }
})
