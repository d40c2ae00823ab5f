import { describe, expect, it } from 'vitest'
import { newId } from './ids'
import { Pace } from './pace'

describe('the pace of sending', () => {
  it('says nothing before a second has been seen', () => {
    const pace = new Pace()
    pace.note(0, 0)
    pace.note(900, 500)
    expect(pace.secondsFor(1_000)).toBeNull()
  })

  it('goes by the last ten seconds', () => {
    const pace = new Pace()
    for (let second = 0; second <= 10; second += 1) pace.note(second * 1_000, second * 100)
    expect(pace.secondsFor(1_000)).toBeCloseTo(10)
    for (let second = 11; second <= 30; second += 1) pace.note(second * 1_000, 1_000 + second * 500)
    expect(pace.secondsFor(1_000)).toBeCloseTo(2)
  })

  it('forgets when the queue is empty', () => {
    const pace = new Pace()
    pace.note(0, 0)
    pace.note(2_000, 2_000)
    pace.rest()
    expect(pace.secondsFor(1)).toBeNull()
  })
})

describe('ids made by the page', () => {
  it('are UUIDv7, in the order of time, never twice the same', () => {
    const ids = [1_000, 2_000, 1_800_000_000_000].map((now) => newId(now))
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    }
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(Array.from({ length: 100 }, () => newId(5))).size).toBe(100)
  })
})
