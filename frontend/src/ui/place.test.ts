import { describe, expect, it } from 'vitest'
import { beside } from './place'

const room = { width: 800, height: 600 }
const button = (left: number, top: number) => ({ left, top, right: left + 44, bottom: top + 44 })

describe('a menu', () => {
  it('opens under its button, ends aligned', () => {
    expect(beside(button(700, 100), { width: 200, height: 150 }, room)).toEqual({
      left: 544,
      top: 148,
    })
  })
  it('opens above when below has no room', () => {
    expect(beside(button(700, 500), { width: 200, height: 150 }, room).top).toBe(346)
  })
  it('never leaves the window', () => {
    expect(beside(button(10, 100), { width: 200, height: 150 }, room).left).toBe(8)
    expect(beside(button(10, 300), { width: 200, height: 580 }, room).top).toBe(12)
  })
})
