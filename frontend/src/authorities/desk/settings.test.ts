import { describe, expect, it } from 'vitest'
import { changes, wholeNumber } from './settings'

describe('settings', () => {
  it('read numbers as people write them', () => {
    expect(wholeNumber('3 500')).toBe(3500)
    expect(wholeNumber('  ')).toBeNull()
    expect(wholeNumber('beaucoup')).toBeUndefined()
    expect(wholeNumber('-3')).toBeUndefined()
  })
  it('send only what changed', () => {
    const before = { name: 'Val', population: null as number | null, address: '' }
    expect(changes(before, { name: 'Val', population: 860 })).toEqual({ population: 860 })
    expect(changes(before, { ...before })).toEqual({})
  })
})
