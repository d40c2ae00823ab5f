import { describe, expect, it } from 'vitest'
import { touched, touches } from './hits'
import type { Mark, Shape } from './marks'

const style = { colour: 'blue' as const, label: '' }
const quote = { exact: '', prefix: '', suffix: '' }
const ink: Shape = { kind: 'ink', ...style, width: 2, points: [0, 0, 0.5, 100, 0, 0.5] }
const highlight: Shape = {
  kind: 'highlight',
  ...style,
  quads: [[10, 100, 60, 100, 10, 112, 60, 112]],
  quote,
}
const note: Shape = { kind: 'note', ...style, text: '', x: 200, y: 200, quote: null }
const wholePage: Shape = { ...note, x: null, y: null }
const all = [ink, highlight, note, wholePage, { kind: 'bookmark', ...style } as Shape]
const marks: Mark[] = all.map((shape, n) => ({ id: String(n), page: 1, shape }))

describe('the eraser', () => {
  it('touches a stroke between its points, as wide as it is', () => {
    expect(touches(ink, [50, 5], 4)).toBe(true)
    expect(touches(ink, [50, 6], 4)).toBe(false)
    expect(touches(ink, [106, 0], 4)).toBe(false)
  })

  it('touches words anywhere on them, turned or not', () => {
    expect(touches(highlight, [30, 106], 4)).toBe(true)
    expect(touches(highlight, [30, 120], 4)).toBe(false)
    const turned: Shape = { ...highlight, quads: [[0, 0, 0, 50, -12, 0, -12, 50]] }
    expect(touches(turned, [-6, 25], 4)).toBe(true)
    expect(touches(turned, [6, 25], 4)).toBe(false)
  })

  it('touches a pin, and nothing of what has no place', () => {
    expect(touches(note, [206, 204], 4)).toBe(true)
    expect(touches(wholePage, [0, 0], 1000)).toBe(false)
  })

  it('misses nothing on a quick way across the page', () => {
    const found = touched(marks, [50, 300], [50, -300], 4)
    expect(found.map(({ id }) => id)).toEqual(['0', '1'])
    expect(touched(marks, [300, 300], [310, 310], 4)).toEqual([])
  })
})
