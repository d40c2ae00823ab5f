import { forgetShare } from './camera'
import { changed } from './changes'
import type { Store } from './schema'
import { type Sealed, unsealJson } from './seal'

/**
 * How long a tablet opens what it holds without a word with the server. Clocks of tablets are wrong:
 * what counts is the time that was seen to pass, never what the clock says it is.
 */
export interface Lease {
  /** The server's clock at its last word (milliseconds since 1970). */
  told: number
  /** This tablet's clock when it last looked. */
  seen: number
  /** Milliseconds since that word, as far as this tablet has seen. Never less than before. */
  spent: number
  days: number
  cameraDays: number
}

/** `all`: nothing of the authority opens. `camera`: pieces in camera do not. */
export type Lock = 'all' | 'camera'

const DAY = 24 * 3_600_000
const LEASE = 'lease'
/** What passed since is written down this often. */
const WRITTEN_EVERY = 60_000

/** The server said a word: the lease begins again. */
export function heard(told: number, now: number, days: number, cameraDays: number): Lease {
  return { told, seen: now, spent: 0, days, cameraDays }
}

/**
 * Time passed. A clock that goes forward adds what it says, even when it is wrong. One that went back
 * adds nothing and takes nothing away: then it counts as right, and the server's own clock says at
 * least how long it has been.
 */
export function passed(lease: Lease, now: number): Lease {
  const spent =
    now >= lease.seen ? lease.spent + now - lease.seen : Math.max(lease.spent, now - lease.told)
  return { ...lease, seen: now, spent }
}

export function lockOf({ spent, days, cameraDays }: Lease): Lock | undefined {
  if (spent >= days * DAY) return 'all'
  return spent >= cameraDays * DAY ? 'camera' : undefined
}

/** Before the first word that was kept, nothing is locked. */
export async function readLock(store: Store, now: number): Promise<Lock | undefined> {
  const kept = (await store.db.get('meta', LEASE)) as Lease | undefined
  return kept && lockOf(passed(kept, now))
}

/** The server has answered; `told` is its clock where it said it. */
export async function renewLease(
  store: Store,
  now: number,
  told?: number,
  terms?: { lease_days: number; lease_days_in_camera: number },
): Promise<void> {
  const tx = store.db.transaction('meta', 'readwrite')
  const kept = (await tx.store.get(LEASE)) as Lease | undefined
  const before = kept && passed(kept, now)
  if (before && !terms && before.spent < WRITTEN_EVERY) return tx.done
  const days = terms?.lease_days ?? before?.days ?? 30
  const cameraDays = terms?.lease_days_in_camera ?? before?.cameraDays ?? 7
  const clock = told ?? (before ? before.told + before.spent : now)
  await tx.store.put(heard(clock, now, days, cameraDays), LEASE)
  await tx.done
  if (!before || lockOf(before)) changed('lease')
}

/** Writes down how much time has passed, and does what must be done at the end of the lease. */
export async function watchLease(store: Store, now: number): Promise<Lock | undefined> {
  const tx = store.db.transaction('meta', 'readwrite')
  const kept = (await tx.store.get(LEASE)) as Lease | undefined
  const after = kept && passed(kept, now)
  const lock = after && lockOf(after)
  if (after && (now < kept.seen || now - kept.seen >= WRITTEN_EVERY || lock)) {
    await tx.store.put(after, LEASE)
  }
  await tx.done
  if (lock) await forgetShare(store)
  return lock
}

/** Days of the lease as the authority's row says, when it is here. */
export async function termsOf(store: Store) {
  const row = await store.db.get('rows', ['authority', store.authority])
  if (!row) return undefined
  return unsealJson<{ lease_days: number; lease_days_in_camera: number }>(
    store.key,
    `rows/authority/${store.authority}`,
    row.sealed as Sealed,
  )
}
