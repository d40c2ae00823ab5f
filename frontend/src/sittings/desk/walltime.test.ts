import { describe, expect, it } from 'vitest'
import { asWritten, isPast, localTime, wallTime } from './walltime'

describe('times of an authority', () => {
  it.each([
    ['2026-12-03T17:30:00Z', 'Europe/Paris', '2026-12-03', '18:30'],
    ['2026-07-03T22:15:00Z', 'Europe/Paris', '2026-07-04', '00:15'],
    ['2026-12-03T21:00:00Z', 'Indian/Reunion', '2026-12-04', '01:00'],
    ['2026-12-03T02:00:00Z', 'America/Martinique', '2026-12-02', '22:00'],
  ])('shows %s in %s', (instant, zone, date, time) => {
    expect(wallTime(instant, zone)).toEqual({ date, time })
  })

  it.each([
    ['2026-12-03', '18:30', '2026-12-03T18:30'],
    ['2026-12-03', '18:30:00', '2026-12-03T18:30'],
    ['', '18:30', null],
    ['2026-12-03', '', null],
    ['2026-13-03', '18:30', null],
  ])('writes %s and %s for the wire', (date, time, expected) => {
    expect(localTime(date, time)).toBe(expected)
  })

  it('writes the figures of the form whatever the zone of the browser', () => {
    expect(asWritten('2026-12-03T18:30').toISOString()).toBe('2026-12-03T18:30:00.000Z')
  })

  it('tells the past by the clock of the authority', () => {
    const now = new Date('2026-12-03T17:00:00Z')
    expect(isPast('2026-12-03T17:30', 'Europe/Paris', now)).toBe(true)
    expect(isPast('2026-12-03T18:30', 'Europe/Paris', now)).toBe(false)
    expect(isPast('2026-12-03T20:00', 'Indian/Reunion', now)).toBe(true)
  })
})
