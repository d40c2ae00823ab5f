/** What the browser can do so that papers come, and stay. Nothing here is certain: all may refuse. */

let awake: Promise<WakeLockSentinel | null> | null = null

/** While papers travel the screen stays lit: a tablet that sleeps suspends the download. */
export function keepAwake(wanted: boolean): void {
  if (wanted && !awake && !document.hidden && 'wakeLock' in navigator) {
    awake = navigator.wakeLock.request('screen').catch(() => null)
    void awake.then((lock) => lock?.addEventListener('release', () => (awake = null)))
  }
  if (!wanted && awake) {
    void awake.then((lock) => lock?.release())
    awake = null
  }
}

function isInstalled(): boolean {
  const apple = (navigator as { standalone?: boolean }).standalone === true
  return apple || matchMedia('(display-mode: standalone)').matches
}

/** Asks that papers not be evicted, once installed: before, some browsers would ask a question. */
export async function keepForGood(): Promise<void> {
  const ask = () => void navigator.storage?.persist?.().catch(() => false)
  if (isInstalled()) ask()
  else addEventListener('appinstalled', ask, { once: true })
}
