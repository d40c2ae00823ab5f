/** New versions of the application: installed beside the one in use, put in place when wanted. */

const HOUR = 3_600_000
/** « Ce soir » begins at eight, on the tablet's clock. */
const EVENING = 20

interface State {
  ready: boolean
}

const state: State = $state({ ready: false })
let waiting: ServiceWorker | null = null
let postponed = false

/** A version is ready and waits for a yes. Read it in components. */
export const update: Readonly<State> = state

/** Reloads every window of the application with the new version. */
export function installUpdate(): void {
  waiting?.postMessage('install')
}

/** Not now: by itself this evening, when nobody looks, or at the next start. */
export function postponeUpdate(): void {
  postponed = true
  state.ready = false
}

function offer(registration: ServiceWorkerRegistration): void {
  // Without a version in use there is nothing to replace.
  if (!registration.waiting || !navigator.serviceWorker.controller) return
  waiting = registration.waiting
  state.ready = !postponed
}

/** To be called once, when the page opens. */
export async function watchForUpdates(): Promise<void> {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  const { serviceWorker } = navigator
  let inUse = serviceWorker.controller
  serviceWorker.addEventListener('controllerchange', () => {
    if (inUse) location.reload()
    inUse = serviceWorker.controller
  })
  const registration = await serviceWorker.register('/service-worker.js').catch(() => null)
  if (!registration) return
  if (inUse) offer(registration)
  registration.addEventListener('updatefound', () => {
    const { installing, active } = registration
    // The first version of all updates nothing, though WebKit shows it waiting for a moment.
    if (!active) return
    installing?.addEventListener('statechange', () => offer(registration))
  })
  let asked = Date.now()
  document.addEventListener('visibilitychange', () => {
    const now = new Date()
    if (document.hidden && postponed && now.getHours() >= EVENING) installUpdate()
    if (document.hidden || now.getTime() - asked < HOUR) return
    asked = now.getTime()
    void registration.update().catch(() => undefined)
  })
}
