import { describe, expect, it } from 'vitest'
import { parseDate, writeDate } from './parse-date'

describe('a date written by a person', () => {
  it.each([
    ['03/12/2026', '2026-12-03'],
    ['3/12/26', '2026-12-03'],
    [' 3.12.2026 ', '2026-12-03'],
    ['3 décembre 2026', '2026-12-03'],
    ['jeudi 3 déc. 2026', '2026-12-03'],
    ['1er août 2027', '2027-08-01'],
    ['2026-12-03', '2026-12-03'],
    ['29/02/2028', '2028-02-29'],
  ])('reads %s', (written, iso) => {
    expect(parseDate(written)).toBe(iso)
  })
  it.each([
    '',
    '12/2026',
    '31/11/2026',
    '29/02/2027',
    '0/1/2026',
    '3 ju 2026',
    '3 ma 2026',
    '12/13/2026',
    'demain',
  ])('refuses « %s »', (written) => {
    expect(parseDate(written)).toBeUndefined()
  })
  it('writes it back', () => {
    expect(writeDate('2026-12-03')).toBe('03/12/2026')
  })
})
