import { describe, expect, it } from 'vitest'
import { forgetShare, hasShare, keepShare } from './camera'
import { heard, type Lease, lockOf, passed, readLock, renewLease, watchLease } from './lease'
import { Locked, makeStore, openKept, openStore } from './store'
import { chance } from './testing/chance'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOON = Date.parse('2026-11-22T12:00:00Z')

/** Days, as a tablet that looks at these moments of its clock sees them pass. */
function elapsed(lease: Lease, ...clocks: number[]): number {
  return clocks.reduce(passed, lease).spent / DAY
}

describe('time on a tablet', () => {
  const lease = heard(NOON, NOON, 30, 7)

  it('passes as its clock says while it goes forward', () => {
    expect(elapsed(lease, NOON + DAY, NOON + 6 * DAY)).toBe(6)
    expect(lockOf(passed(lease, NOON + 7 * DAY - 1))).toBeUndefined()
    expect(lockOf(passed(lease, NOON + 7 * DAY))).toBe('camera')
    expect(lockOf(passed(lease, NOON + 30 * DAY))).toBe('all')
  })

  it('is not given back by a clock that is put back', () => {
    expect(elapsed(lease, NOON + 29 * DAY, NOON + DAY)).toBe(29)
    expect(elapsed(lease, NOON + 29 * DAY, NOON + DAY, NOON + 2 * DAY)).toBe(30)
    expect(elapsed(lease, NOON + 5 * DAY, NOON - 400 * DAY, NOON - 399 * DAY)).toBe(6)
  })

  it('is that of the server when a clock that was ahead is put right', () => {
    const ahead = heard(NOON, NOON + 365 * DAY, 30, 7)
    expect(elapsed(ahead, NOON + 366 * DAY)).toBe(1)
    expect(elapsed(ahead, NOON + 40 * DAY)).toBe(40)
  })

  it('does not lock a tablet whose clock is simply wrong, ahead or late', () => {
    for (const wrong of [-3 * 365 * DAY, 3 * 365 * DAY]) {
      const mine = heard(NOON, NOON + wrong, 30, 7)
      expect(elapsed(mine, NOON + wrong + 2 * DAY)).toBe(2)
    }
  })

  it('never goes back, whatever the clock does, and is never less than each step forward', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const draw = chance(seed)
      let mine = heard(NOON, NOON + (draw() - 0.5) * 900 * DAY, 30, 7)
      for (let step = 0; step < 30; step++) {
        const now = mine.seen + (draw() - 0.4) * 10 * DAY
        const next = passed(mine, now)
        expect(next.spent).toBeGreaterThanOrEqual(mine.spent + Math.max(0, now - mine.seen))
        mine = next
      }
    }
  })
})

describe('the lease of a store', () => {
  const share = new Uint8Array(32).fill(3)
  const terms = { lease_days: 10, lease_days_in_camera: 2 }

  it('locks pieces in camera first and erases the share, then everything', async () => {
    const store = await makeStore('anne', 'leased')
    await renewLease(store, NOON, NOON, terms)
    await keepShare(store, share)
    expect(await watchLease(store, NOON + DAY)).toBeUndefined()
    expect(await hasShare(store)).toBe(true)
    expect(await watchLease(store, NOON + 2 * DAY)).toBe('camera')
    expect(await hasShare(store)).toBe(false)
    expect(await watchLease(store, NOON + 10 * DAY)).toBe('all')
    expect(await watchLease(store, NOON)).toBe('all')
  })

  it('begins again with the first word of the server, on its terms', async () => {
    const store = await makeStore('anne', 'renewed')
    await renewLease(store, NOON, NOON, terms)
    await watchLease(store, NOON + 50 * DAY)
    await renewLease(store, NOON + 50 * DAY)
    expect(await readLock(store, NOON + 51 * DAY)).toBeUndefined()
    expect(await readLock(store, NOON + 60 * DAY)).toBe('all')
    await renewLease(store, NOON + 60 * DAY, NOON + 60 * DAY, { ...terms, lease_days: 40 })
    expect(await readLock(store, NOON + 99 * DAY)).toBe('camera')
  })

  it('opens nothing to screens once it is over, and everything to the sync', async () => {
    const store = await makeStore('anne', 'over')
    await renewLease(store, Date.now() - 31 * DAY, Date.now(), { ...terms, lease_days: 30 })
    await expect(openStore('anne', 'over')).rejects.toThrow(Locked)
    expect((await openKept('anne', 'over')).db.name).toBe(store.db.name)
    await renewLease(store, Date.now())
    expect((await openStore('anne', 'over')).authority).toBe('over')
  })

  it('locks nothing on a tablet that has not been told of leases yet', async () => {
    const store = await makeStore('anne', 'older')
    expect(await watchLease(store, NOON + 900 * DAY)).toBeUndefined()
    await forgetShare(store)
  })
})
