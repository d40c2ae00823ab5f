import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Abilities, obstacle, subscribe } from './device'

const able: Abilities = {
  platform: 'android',
  isInstalled: false,
  isSecure: true,
  hasPush: true,
  permission: 'default',
}

describe('what stands in the way', () => {
  it('is nothing on a tablet that can', () => {
    expect(obstacle(able)).toBeUndefined()
    expect(obstacle({ ...able, permission: 'granted' })).toBeUndefined()
    expect(obstacle({ ...able, platform: 'ipad', isInstalled: true })).toBeUndefined()
  })

  it('is said, the first thing to mend first', () => {
    const bare: Abilities = { ...able, hasPush: false, permission: undefined }
    expect(obstacle({ ...bare, platform: 'ipad', isSecure: false })).toBe('insecure')
    expect(obstacle({ ...bare, platform: 'ipad' })).toBe('home_screen')
    expect(obstacle({ ...bare, platform: 'iphone' })).toBe('home_screen')
    expect(obstacle(bare)).toBe('unsupported')
    expect(obstacle({ ...able, permission: 'denied' })).toBe('denied')
    const ipad: Abilities = { ...able, platform: 'ipad', isInstalled: true, permission: 'denied' }
    expect(obstacle(ipad)).toBe('denied_ios')
  })
})

const KEY =
  'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4'

function browser(permission: NotificationPermission, pushManager: object, ready = true) {
  vi.stubGlobal('Notification', { requestPermission: async () => permission })
  const registration = { pushManager: { getSubscription: async () => null, ...pushManager } }
  const serviceWorker = {
    ready: ready ? Promise.resolve(registration) : new Promise(() => undefined),
  }
  vi.stubGlobal('navigator', { serviceWorker })
}

describe('subscribing', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })

  it('asks with the key of the server, 65 bytes', async () => {
    const asked = vi.fn(async (_options: PushSubscriptionOptionsInit) => ({}))
    browser('granted', { subscribe: asked })
    await subscribe(KEY)
    expect(asked).toHaveBeenCalledWith({
      userVisibleOnly: true,
      applicationServerKey: expect.toSatisfy((key: Uint8Array) => key.length === 65),
    })
  })

  it('says why it could not', async () => {
    browser('denied', {})
    await expect(subscribe(KEY)).rejects.toMatchObject({ why: 'denied' })
    browser('default', {})
    await expect(subscribe(KEY)).rejects.toMatchObject({ why: 'dismissed' })
    const fails = (name: string) => ({
      subscribe: () => Promise.reject(new DOMException('', name)),
    })
    browser('granted', fails('AbortError'))
    await expect(subscribe(KEY)).rejects.toMatchObject({ why: 'refused' })
    browser('granted', fails('NotAllowedError'))
    await expect(subscribe(KEY)).rejects.toMatchObject({ why: 'denied' })
  })

  it('does not wait for ever for a service that never answers', async () => {
    vi.useFakeTimers()
    browser('granted', { subscribe: () => new Promise(() => undefined) })
    const given = expect(subscribe(KEY)).rejects.toMatchObject({ why: 'no_answer' })
    await vi.advanceTimersByTimeAsync(20_000)
    await given
    browser('granted', {}, false)
    const late = expect(subscribe(KEY)).rejects.toMatchObject({ why: 'not_ready' })
    await vi.advanceTimersByTimeAsync(8_000)
    await late
  })

  it('replaces a subscription bound to keys the server no longer has', async () => {
    const unsubscribe = vi.fn(async () => true)
    const old = { options: { applicationServerKey: new ArrayBuffer(65) }, unsubscribe }
    browser('granted', { getSubscription: async () => old, subscribe: async () => ({}) })
    await subscribe(KEY)
    expect(unsubscribe).toHaveBeenCalledOnce()
  })
})
