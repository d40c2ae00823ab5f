import { describe, expect, it } from 'vitest'
import { pull } from './drag'

describe('the page under a drag', () => {
  it('stays still in the middle and scrolls towards the nearer edge, faster at the edge', () => {
    expect(pull(400, 800)).toBe(0)
    expect(pull(10, 800)).toBeLessThan(pull(100, 800))
    expect(pull(100, 800)).toBeLessThan(0)
    expect(pull(700, 800)).toBeGreaterThan(0)
    expect(pull(790, 800)).toBeGreaterThan(pull(700, 800))
  })
})
