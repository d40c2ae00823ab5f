import { describe, expect, it } from 'vitest'
import { date, day, dayAndTime, daysBetween, inDays, lately, leaf, shortDate, time } from './dates'

const evening = '2026-12-03T17:30:00Z'
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

describe('dates in words', () => {
  it('writes a sitting in the zone of its authority', () => {
    expect(plain(dayAndTime(evening, 'Europe/Paris'))).toBe('jeudi 3 décembre 2026 à 18 h 30')
    expect(plain(dayAndTime(evening, 'Indian/Reunion'))).toBe('jeudi 3 décembre 2026 à 21 h 30')
    expect(plain(dayAndTime(evening, 'America/Martinique'))).toBe('jeudi 3 décembre 2026 à 13 h 30')
  })
  it('writes the first of the month as people say it', () => {
    expect(date('2026-10-01')).toBe('1er octobre 2026')
    expect(day('2026-12-01')).toBe('mardi 1er décembre 2026')
    expect(date('2026-10-11')).toBe('11 octobre 2026')
  })
  it('takes a plain date as a day of the calendar, whatever the zone', () => {
    expect(date('2026-12-03', 'America/Martinique')).toBe('3 décembre 2026')
  })
  it('keeps the parts of a time together', () => {
    expect(time('2026-12-03T08:05:00Z', 'Europe/Paris')).toBe('9\u00a0h\u00a005')
    expect(plain(time('2026-12-02T23:00:00Z', 'Europe/Paris'))).toBe('0 h 00')
  })
  it('leaves out the year that everybody knows', () => {
    expect(shortDate('2026-10-01', '2026-11-21')).toBe('1er octobre')
    expect(shortDate('2025-10-01', '2026-11-21')).toBe('1er octobre 2025')
  })
  it('makes the leaf of a calendar', () => {
    expect(leaf('2026-12-08')).toEqual({ day: '8', month: 'déc.' })
  })
})

describe('days', () => {
  it('counts midnights, not spans of 24 hours', () => {
    expect(daysBetween('2026-11-28T22:59:00Z', '2026-11-28T23:01:00Z', 'Europe/Paris')).toBe(1)
    expect(daysBetween('2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z', 'Europe/Paris')).toBe(2)
  })
  it('says how far a day is', () => {
    const now = '2026-11-28T09:00:00Z'
    expect(inDays(evening, now)).toBe('dans 5 jours')
    expect(inDays('2026-11-28', now)).toBe('aujourd’hui')
    expect(inDays('2026-11-29', now)).toBe('demain')
  })
  it('says when something was last', () => {
    const now = new Date('2026-11-20T10:00:00Z')
    const said = (moment: string) => plain(lately(moment, now, 'Europe/Paris'))
    expect(said('2026-11-20T08:14:00Z')).toBe('aujourd’hui à 9 h 14')
    expect(said('2026-11-19T20:40:00Z')).toBe('hier à 21 h 40')
    expect(said('2026-11-17T17:30:00Z')).toBe('mardi 17 novembre')
    expect(said('2026-03-03T17:30:00Z')).toBe('3 mars 2026')
  })
})
