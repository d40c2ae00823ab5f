import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

// By its path: the worker is checked with types of its own (`tsconfig.worker.json`).
const WORKER = new URL('./service-worker.ts', import.meta.url).pathname
const ORIGIN = 'https://cartable.example'

type Handler = (event: Record<string, unknown>) => void

/** Just enough of the Cache interface: exact paths. */
class FakeCache {
  readonly kept = new Map<string, Response>()
  async match(path: string) {
    return this.kept.get(path)?.clone()
  }
  async put(path: string, response: Response) {
    this.kept.set(path, response)
  }
}

class FakeCaches {
  readonly all = new Map<string, FakeCache>()
  async open(name: string) {
    const cache = this.all.get(name) ?? new FakeCache()
    this.all.set(name, cache)
    return cache
  }
  async keys() {
    return [...this.all.keys()]
  }
  async delete(name: string) {
    return this.all.delete(name)
  }
}

let handlers: Map<string, Handler>
let caches: FakeCaches
let asked: string[]
let missing: Set<string>
let isOffline: boolean
const LEGAL = '/api/legal-notices'
let skipped: number
let shown: object[]
let badge: number | undefined
let windows: Record<string, unknown>

/** Loads the worker as the browser would a version of it. */
async function start(version: string, named: string[]) {
  handlers = new Map()
  vi.resetModules()
  vi.stubGlobal('SHELL', { version, named, plain: [['/index.html', 'sha256-x']] })
  vi.stubGlobal('self', {
    addEventListener: (name: string, handler: Handler) => handlers.set(name, handler),
    location: { origin: ORIGIN },
    skipWaiting: async () => {
      skipped += 1
    },
    clients: { claim: async () => undefined, ...windows },
    registration: {
      showNotification: async (title: string, options: object) => shown.push({ title, ...options }),
      getNotifications: async () => shown,
    },
    navigator: { setAppBadge: async (count: number) => (badge = count) },
  })
  await import(/* @vite-ignore */ WORKER)
}

function wait(name: string): Promise<unknown> {
  let promise: Promise<unknown> = Promise.resolve()
  handlers.get(name)?.({ waitUntil: (given: Promise<unknown>) => (promise = given) })
  return promise
}

/** What the worker answers; undefined when it lets the browser go to the network by itself. */
async function answer(path: string, mode = 'cors', method = 'GET'): Promise<string | undefined> {
  let given: Promise<Response> | undefined
  handlers.get('fetch')?.({
    request: { url: ORIGIN + path, mode, method },
    respondWith: (promise: Promise<Response>) => (given = promise),
  })
  return given && (await given).text()
}

beforeEach(() => {
  caches = new FakeCaches()
  asked = []
  missing = new Set()
  isOffline = false
  skipped = 0
  shown = []
  badge = undefined
  windows = {}
  vi.stubGlobal('caches', caches)
  vi.stubGlobal(
    'Request',
    class {
      constructor(readonly url: string) {}
    },
  )
  vi.stubGlobal('fetch', async ({ url }: { url: string }) => {
    if (isOffline) throw new TypeError('Failed to fetch')
    asked.push(url.replace(ORIGIN, ''))
    return new Response(`network ${url}`, { status: missing.has(url) ? 404 : 200 })
  })
})

afterEach(() => vi.unstubAllGlobals())

describe('the application on the device', () => {
  it('is kept whole, then answers every page and file without a network', async () => {
    await start('one', ['/assets/a.js', '/assets/b.css'])
    await wait('install')
    await wait('activate')
    expect(asked.toSorted()).toEqual([LEGAL, '/assets/a.js', '/assets/b.css', '/index.html'])
    asked.length = 0
    expect(await answer('/seances/1/2', 'navigate')).toBe('network /index.html')
    expect(await answer('/assets/a.js')).toBe('network /assets/a.js')
    expect(asked).toEqual([])
  })

  it('is not kept at all when one file is missing', async () => {
    await start('one', ['/assets/a.js', '/assets/b.css'])
    missing.add('/assets/b.css')
    await expect(wait('install')).rejects.toThrow('/assets/b.css')
    expect(await caches.keys()).toEqual([])
  })

  it('fetches only what changed for a new version, and drops the old one once in use', async () => {
    await start('one', ['/assets/a.js', '/assets/b.css'])
    await wait('install')
    asked.length = 0
    await start('two', ['/assets/a.js', '/assets/c.css'])
    await wait('install')
    expect(asked.toSorted()).toEqual([LEGAL, '/assets/c.css', '/index.html'])
    expect(await caches.keys()).toHaveLength(2)
    await wait('activate')
    expect(await caches.keys()).toEqual(['cartable-shell-two'])
    expect(await answer('/assets/a.js')).toBe('network /assets/a.js')
  })

  it('leaves the server to the page: no request of it is touched', async () => {
    await start('one', [])
    await wait('install')
    expect(await answer('/api/me')).toBeUndefined()
    expect(await answer('/api/authorities/1/files/2', 'navigate')).toBeUndefined()
    expect(await answer('/health/ready')).toBeUndefined()
    expect(await answer('/', 'navigate', 'POST')).toBeUndefined()
    expect(await answer('/pdfjs/6/cmaps/rare.bcmap')).toBeUndefined()
  })

  it('tells what the law wants told: as it is today, else as it last was', async () => {
    await start('one', [])
    await wait('install')
    isOffline = true
    expect(await answer(LEGAL)).toBe(`network ${LEGAL}`)
    isOffline = false
    vi.stubGlobal('fetch', async () => new Response('mended'))
    expect(await answer(LEGAL)).toBe('mended')
    vi.stubGlobal('fetch', async () => new Response('down', { status: 503 }))
    expect(await answer(LEGAL)).toBe('mended')
  })

  it('is kept even where the legal pages cannot be read, whose answer comes as it is', async () => {
    missing.add(LEGAL)
    await start('one', ['/assets/a.js'])
    await wait('install')
    expect(await answer('/', 'navigate')).toBe('network /index.html')
    vi.stubGlobal('fetch', async () => new Response('down', { status: 503 }))
    expect(await answer(LEGAL)).toBe('down')
  })

  it('hands the legal pages to a new version that cannot ask for them', async () => {
    await start('one', [])
    await wait('install')
    missing.add(LEGAL)
    await start('two', [])
    await wait('install')
    await wait('activate')
    isOffline = true
    expect(await answer(LEGAL)).toBe(`network ${LEGAL}`)
  })

  it("tells today's legal pages rather than those of the version before", async () => {
    await start('one', [])
    await wait('install')
    vi.stubGlobal('fetch', async () => new Response('mended'))
    await start('two', [])
    await wait('install')
    isOffline = true
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('Failed to fetch')))
    expect(await answer(LEGAL)).toBe('mended')
  })

  it('takes the place of the version in use only when told to', async () => {
    await start('one', [])
    await wait('install')
    expect(skipped).toBe(0)
    handlers.get('message')?.({ data: 'something else' })
    expect(skipped).toBe(0)
    handlers.get('message')?.({ data: 'install' })
    expect(skipped).toBe(1)
  })
})

/** Hands an event to the worker and waits for what it does. */
function hand(name: string, event: object): Promise<unknown> {
  let promise: Promise<unknown> = Promise.resolve()
  handlers.get(name)?.({ ...event, waitUntil: (given: Promise<unknown>) => (promise = given) })
  return promise
}

describe('a notification', () => {
  const said = { title: 'Cartable', body: 'Une mise à jour', lang: 'fr', tag: 's', navigate: 'n' }
  const json = (value: unknown) => ({ data: { json: () => value } })

  it('is shown from either form of message, and counted on the icon', async () => {
    await start('one', [])
    await hand('push', json({ web_push: 8030, notification: said }))
    await hand('push', { data: null, notification: said })
    expect(shown).toHaveLength(2)
    expect(shown[0]).toEqual(shown[1])
    expect(shown[0]).toMatchObject({ title: 'Cartable', lang: 'fr', tag: 's', data: 'n' })
    expect(badge).toBe(2)
  })

  it('is shown whatever came: nothing, or what cannot be read', async () => {
    await start('one', [])
    await hand('push', { data: null })
    await hand('push', json(undefined))
    await hand('push', { data: { json: () => JSON.parse('not JSON') } })
    expect(shown).toHaveLength(3)
    expect(shown.every((one) => 'title' in one && one.title === 'Cartable')).toBe(true)
  })

  const touched = (data: string | undefined) => ({ notification: { close: vi.fn(), data } })

  it('leads a window that is open where it says, without loading it again', async () => {
    const hidden = { visibilityState: 'hidden', postMessage: vi.fn(), focus: vi.fn() }
    const seen = { visibilityState: 'visible', postMessage: vi.fn(), focus: vi.fn(async () => 1) }
    windows = { matchAll: async () => [hidden, seen] }
    await start('one', [])
    await hand('notificationclick', touched(`${ORIGIN}/seances/1/2`))
    expect(seen.postMessage).toHaveBeenCalledWith({ open: '/seances/1/2' })
    expect(seen.focus).toHaveBeenCalledOnce()
    expect(hidden.postMessage).not.toHaveBeenCalled()
  })

  it('opens a window when there is none, never outside of the application', async () => {
    const openWindow = vi.fn(async () => null)
    windows = { matchAll: async () => [], openWindow }
    await start('one', [])
    await hand('notificationclick', touched('https://evil.example/seances/1/2'))
    await hand('notificationclick', touched(undefined))
    expect(openWindow.mock.calls).toEqual([['/seances/1/2'], ['/']])
  })

  it('follows the device when the browser gives it another address', async () => {
    const sent: unknown[] = []
    vi.stubGlobal('fetch', async (...request: unknown[]) => sent.push(request))
    await start('one', [])
    const newSubscription = { toJSON: () => ({ endpoint: 'e', keys: { auth: 'a' } }) }
    await hand('pushsubscriptionchange', { oldSubscription: null, newSubscription })
    await hand('pushsubscriptionchange', { oldSubscription: null, newSubscription: null })
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatchObject(['/api/notifications/subscription', { method: 'PUT' }])
  })
})
