import { go, here } from '../ui/navigation.svelte'

/** The application's icon counts what waits; what is opened no longer does. */
async function settle(path: string): Promise<void> {
  const [area, , sitting] = path.split('/').slice(1)
  if (path !== '/' && area !== 'seances') return
  const registration = await navigator.serviceWorker?.getRegistration()
  const shown = (await registration?.getNotifications?.()) ?? []
  const seen = shown.filter(({ tag }) => path === '/' || tag === sitting)
  for (const notification of seen) notification.close()
  await navigator.setAppBadge?.(shown.length - seen.length)
}

/** To be called at each screen that opens. */
export function settleNotifications(path: string): void {
  if (!document.hidden) void settle(path).catch(() => undefined)
}

/** Whoever leaves this device is no longer told on it, even if the server did not hear of it. */
export async function forgetNotifications(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration()
  await (await registration?.pushManager?.getSubscription())?.unsubscribe()
  await settle('/')
}

/** Goes where a notification that was touched leads. To be called once, when the page opens. */
export function followNotifications(): void {
  navigator.serviceWorker?.addEventListener('message', ({ data }) => {
    const path: unknown = data?.open
    if (typeof path === 'string' && /^\/(?!\/)/.test(path)) go(path)
  })
  document.addEventListener('visibilitychange', () => settleNotifications(here().path))
}
