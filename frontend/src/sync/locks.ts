import { onChange } from '../local/changes'
import { heldAuthorities } from '../local/device'
import { type Lock, watchLease } from '../local/lease'
import { NotHeld, openKept } from '../local/store'
import { isClosed } from './downloads'
import { share } from './shared.svelte'

const EVERY = 60_000

/**
 * Sees time pass for the leases of an account, in every tab: what may no longer be opened leaves the
 * screen by itself, and comes back with the first word of the server. Resolves once it has looked.
 */
export async function watchLocks(account: string, signal: AbortSignal): Promise<void> {
  let shown = ''
  const look = async () => {
    const locks: Record<string, Lock> = {}
    for (const authority of await heldAuthorities(account)) {
      const lock = await lockIn(account, authority)
      if (lock) locks[authority] = lock
    }
    const now = JSON.stringify(locks)
    if (signal.aborted || now === shown) return
    shown = now
    share({ locks })
  }
  const again = () => void look().catch(reportError)
  const timer = setInterval(again, EVERY)
  const stop = onChange((topic) => {
    if (topic === 'lease' || topic === 'authorities') again()
  })
  document.addEventListener('visibilitychange', again, { signal })
  signal.addEventListener('abort', () => {
    clearInterval(timer)
    stop()
  })
  await look()
}

async function lockIn(account: string, authority: string): Promise<Lock | undefined> {
  try {
    return await watchLease(await openKept(account, authority), Date.now())
  } catch (error) {
    // Wiped meanwhile.
    if (error instanceof NotHeld || isClosed(error)) return undefined
    throw error
  }
}
