import { describe, expect, it } from 'vitest'
import { readDate, readTime, writeDate, writeTime } from './typed'

describe('dates as they are typed', () => {
  it.each([
    ['3/12/2026', '2026-12-03'],
    ['03/12/2026', '2026-12-03'],
    ['03-12-26', '2026-12-03'],
    ['3.12.2026', '2026-12-03'],
    [' 03 12 2026 ', '2026-12-03'],
    ['03122026', '2026-12-03'],
    ['3 décembre 2026', '2026-12-03'],
    ['jeudi 3 decembre 2026', '2026-12-03'],
    ['1er août 2026', '2026-08-01'],
    ['29/02/2028', '2028-02-29'],
    ['29/02/2027', null],
    ['12/31/2026', null],
    ['31/04/2026', null],
    ['3 brumaire 2026', null],
    ['3/12', null],
    ['', null],
  ])('%s', (text, expected) => {
    expect(readDate(text)).toBe(expected)
  })

  it('are written the French way, and read back', () => {
    expect(writeDate('2026-12-03')).toBe('03/12/2026')
    expect(readDate(writeDate('2026-12-03'))).toBe('2026-12-03')
    expect(writeDate('')).toBe('')
  })
})

describe('times as they are typed', () => {
  it.each([
    ['18:30', '18:30'],
    ['18h30', '18:30'],
    ['18 h 30', '18:30'],
    ['18 h', '18:00'],
    ['9', '09:00'],
    ['9h05', '09:05'],
    ['1830', '18:30'],
    ['930', '09:30'],
    ['24:00', null],
    ['18:60', null],
    ['18h3', null],
    ['soir', null],
    ['', null],
  ])('%s', (text, expected) => {
    expect(readTime(text)).toBe(expected)
  })

  it('are written the French way, and read back', () => {
    expect(writeTime('09:05')).toBe('9 h 05')
    expect(readTime(writeTime('18:30'))).toBe('18:30')
  })
})
