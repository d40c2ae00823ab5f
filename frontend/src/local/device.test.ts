import { expect, it, vi } from 'vitest'
import {
  keysOf,
  makeKeys,
  readWiped,
  remember,
  settleWiped,
  wipeAccount,
  wipeAuthority,
} from './device'
import { type Keys, openDeviceDb } from './schema'
import { makeStore, openKept } from './store'

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

it('completes the keys of an older version before anybody opens the store, once', async () => {
  const { key } = await makeKeys('tom', 'town')
  const device = await openDeviceDb(() => {})
  await device.put('keys', { account: 'tom', authority: 'town', key })
  const stores = await Promise.all([openKept('tom', 'town'), openKept('tom', 'town')])
  expect(stores[0].mix).toBeDefined()
  expect(stores[0].key).toStrictEqual(stores[1].key)
  const [kept, again] = [await device.get('keys', ['tom', 'town']), await makeKeys('tom', 'town')]
  expect(kept?.mix).toBeDefined()
  const trace = async (mix?: CryptoKey) => {
    const from = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: new Uint8Array() }
    const aes = { name: 'AES-GCM', length: 256 }
    const key = await crypto.subtle.deriveKey(from, mix as CryptoKey, aes, false, ['encrypt'])
    const how = { name: 'AES-GCM', iv: new Uint8Array(12) }
    return Buffer.from(await crypto.subtle.encrypt(how, key, new Uint8Array(16))).toString('hex')
  }
  const all = [kept, again, ...stores].map(({ mix } = {} as Keys) => trace(mix))
  expect(new Set(await Promise.all(all)).size).toBe(1)
})

it('gives no keys back to a store that was wiped while they were completed', async () => {
  const { key } = await makeKeys('eva', 'town')
  const device = await openDeviceDb(() => {})
  await device.put('keys', { account: 'eva', authority: 'town', key })
  const importKey = crypto.subtle.importKey.bind(crypto.subtle)
  const spy = vi.spyOn(crypto.subtle, 'importKey').mockImplementationOnce(async (...given) => {
    await wipeAuthority('eva', 'town')
    return importKey(...(given as Parameters<typeof importKey>))
  })
  expect(await keysOf('eva', 'town')).toBeUndefined()
  spy.mockRestore()
  expect(await device.get('keys', ['eva', 'town'])).toBeUndefined()
})
