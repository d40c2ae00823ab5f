const FILES = ['./', 'page.css', 'page.js']

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open('page').then((cache) => cache.addAll(FILES)))
})
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('fetch', (event) => {
  const isPage = event.request.mode === 'navigate'
  const kept = caches.match(isPage ? './' : event.request)
  event.respondWith(kept.then((answer) => answer ?? fetch(event.request)))
})
