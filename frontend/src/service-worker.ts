/**
 * The application itself, kept on the device: all of it or none of it. Papers are not here: the
 * page keeps them sealed in its database. The list is written by `tools/service-worker-plugin.ts`.
 */
declare const SHELL: {
  version: string
  /** Their name changes with their content: a copy kept by an older version is the same. */
  named: string[]
  /** The others, with the hash of what is wanted. */
  plain: [path: string, integrity: string][]
}
declare const self: ServiceWorkerGlobalScope

const { version, named, plain } = SHELL
const PREFIX = 'cartable-shell-'
/** What authorities must tell anybody: the one answer of the interface that is kept here. */
const LEGAL = '/api/legal-notices'
const name = PREFIX + version
const paths = new Set([...named, ...plain.map(([path]) => path)])

async function older(): Promise<Cache[]> {
  const names = await caches.keys()
  const others = names.filter((other) => other.startsWith(PREFIX) && other !== name)
  return Promise.all(others.map((other) => caches.open(other)))
}

async function copied(path: string, from: Cache[]): Promise<Response | undefined> {
  const found = await Promise.all(from.map((cache) => cache.match(path, { ignoreVary: true })))
  return found.find((response) => response !== undefined)
}

async function fill(): Promise<void> {
  const [cache, from] = [await caches.open(name), await older()]
  const keepNamed = async (path: string) =>
    cache.put(path, (await copied(path, from)) ?? (await fetched(new Request(path))))
  // The hash refuses a file of another version, put on the server while this one installs.
  const keepPlain = async ([path, integrity]: [string, string]) =>
    cache.put(path, await fetched(new Request(path, { integrity, cache: 'no-cache' })))
  try {
    await Promise.all([...named.map(keepNamed), ...plain.map(keepPlain)])
    // What the version before kept, until today's answer comes.
    const legal = await copied(LEGAL, from)
    if (legal) await cache.put(LEGAL, legal)
    await latest(new Request(LEGAL))
  } catch (error) {
    await caches.delete(name)
    throw error
  }
}

async function fetched(request: Request): Promise<Response> {
  const response = await fetch(request)
  if (!response.ok) throw new TypeError(`${request.url}: ${response.status}`)
  return response
}

async function kept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(name)
  return (await cache.match(path, { ignoreVary: true })) ?? fetch(request)
}

/** Today's answer, else the last one. */
async function latest(request: Request): Promise<Response> {
  const cache = await caches.open(name)
  const answer = await fetch(request).catch(() => undefined)
  if (answer?.ok) await cache.put(LEGAL, answer.clone()).catch(() => undefined)
  else return (await cache.match(LEGAL, { ignoreVary: true })) ?? answer ?? Response.error()
  return answer
}

self.addEventListener('install', (event) => event.waitUntil(fill()))

self.addEventListener('activate', (event) => {
  const forget = async () => {
    for (const other of await caches.keys()) {
      if (other.startsWith(PREFIX) && other !== name) await caches.delete(other)
    }
    await self.clients.claim()
  }
  event.waitUntil(forget())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return
  if (pathname === LEGAL) event.respondWith(latest(request))
  if (/^\/(api|health)\//.test(pathname)) return
  if (request.mode === 'navigate') event.respondWith(kept('/index.html', request))
  else if (paths.has(pathname)) event.respondWith(kept(pathname, request))
})

// A new version waits until somebody says so: it may reload every window.
self.addEventListener('message', ({ data }) => {
  if (data === 'install') void self.skipWaiting()
})

interface Message {
  title?: string
  body?: string
  lang?: string
  tag?: string
  navigate?: string
}

/** The same JSON in both cases: a browser that knows declarative messages has read it already. */
function read(event: PushEvent & { notification?: Message | null }): Message {
  try {
    return event.notification ?? event.data?.json().notification ?? {}
  } catch {
    return {}
  }
}

async function count(): Promise<void> {
  const shown = await self.registration.getNotifications()
  await self.navigator.setAppBadge?.(shown.length)
}

/** Browsers take the right to send away from those who send and show nothing. */
async function show({ title, body, lang, tag, navigate }: Message): Promise<void> {
  await self.registration.showNotification(title ?? 'Cartable', {
    body: body ?? '',
    lang: lang ?? 'fr',
    tag: tag ?? '',
    icon: '/icons/icon-192.png',
    data: navigate,
  })
  await count().catch(() => undefined)
}

/** In the window that is there, without loading it again; else in a new one. */
async function open(address: string | undefined): Promise<void> {
  const { pathname } = new URL(address ?? '/', self.location.origin)
  const windows = await self.clients.matchAll({ type: 'window' })
  const client = windows.find(({ visibilityState }) => visibilityState === 'visible') ?? windows[0]
  if (!client) await self.clients.openWindow(pathname)
  else {
    client.postMessage({ open: pathname })
    await client.focus().catch(() => undefined)
  }
  await count().catch(() => undefined)
}

self.addEventListener('push', (event) => event.waitUntil(show(read(event))))

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data))
})

// The browser's service gave the device another address: the server is told, without a window.
self.addEventListener('pushsubscriptionchange', (event) => {
  const { oldSubscription: old, newSubscription: made } = event
  const renew = async () => {
    const now = made ?? (old && (await self.registration.pushManager.subscribe(old.options)))
    if (!now) return
    const { endpoint, keys } = now.toJSON()
    await fetch('/api/notifications/subscription', {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json', 'X-Cartable': '1' },
      body: JSON.stringify({ endpoint, keys }),
    })
  }
  event.waitUntil(renew())
})

export {}
