import { describe, expect, it } from 'vitest'
import { count, duration, list, percent, size } from './numbers'

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

describe('numbers in words', () => {
  it.each([
    [0, '0 o'],
    [512, '512 o'],
    [84_000_000, '84 Mo'],
    [6_234_000, '6,2 Mo'],
    [9_960_000, '10 Mo'],
    [999_600, '1 Mo'],
    [1_500_000_000, '1,5 Go'],
  ])('writes %i bytes', (bytes, words) => {
    expect(plain(size(bytes))).toBe(words)
  })
  it.each([
    [0, '1 s'],
    [39.2, '40 s'],
    [61, '1 min'],
    [3_900, '1 h 05'],
  ])('writes %f seconds', (seconds, words) => {
    expect(plain(duration(seconds))).toBe(words)
  })
  it('writes counts, shares and lists', () => {
    expect(plain(count(12_345))).toBe('12 345')
    expect(plain(percent(0.62))).toBe('62 %')
    expect(list(['a', 'b', 'c'])).toBe('a, b et c')
  })
})
