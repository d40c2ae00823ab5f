import { describe, expect, it } from 'vitest'
import { phoneInWords } from './phone'

describe('a telephone number', () => {
  it.each([
    ['+33612345678', '06 12 34 56 78'],
    ['+590590123456', '05 90 12 34 56'],
    ['+262692123456', '06 92 12 34 56'],
    ['+687261234', '+687261234'],
    ['+3225121212', '+3225121212'],
    ['', ''],
  ])('%s is read as « %s »', (phone, words) => {
    expect(phoneInWords(phone).replaceAll('\u00a0', ' ')).toBe(words)
  })
})
