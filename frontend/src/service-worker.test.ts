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
let skipped: number

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
    clients: { claim: async () => undefined },
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
  skipped = 0
  vi.stubGlobal('caches', caches)
  vi.stubGlobal(
    'Request',
    class {
      constructor(readonly url: string) {}
    },
  )
  vi.stubGlobal('fetch', async ({ url }: { url: string }) => {
    asked.push(url)
    return new Response(`network ${url}`, { status: missing.has(url) ? 404 : 200 })
  })
})

afterEach(() => vi.unstubAllGlobals())

describe('the application on the device', () => {
  it('is kept whole, then answers every page and file without a network', async () => {
    await start('one', ['/assets/a.js', '/assets/b.css'])
    await wait('install')
    await wait('activate')
    expect(asked.toSorted()).toEqual(['/assets/a.js', '/assets/b.css', '/index.html'])
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
    expect(asked.toSorted()).toEqual(['/assets/c.css', '/index.html'])
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
