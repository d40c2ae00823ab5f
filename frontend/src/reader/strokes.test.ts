import { describe, expect, it } from 'vitest'
import { distance, flatten, MAX_POINTS, outline, type Point, simplify, strokesOf } from './strokes'

const line = (n: number, step: number): Point[] =>
  Array.from({ length: n }, (_, k) => [k * step, 0, 0.5])

/** How far the drawn points are from the kept line, at most. */
function worst(points: Point[], kept: Point[]): number {
  return Math.max(
    ...points.map((p) =>
      Math.min(...kept.slice(1).map((b, n) => distance(p, kept[n] as Point, b))),
    ),
  )
}

describe('a stroke', () => {
  it('keeps its ends, its corners and its shape within an eighth of a point', () => {
    const round: Point[] = Array.from({ length: 400 }, (_, k) => [
      50 * Math.cos(k / 40),
      50 * Math.sin(k / 40),
      0.5,
    ])
    const kept = simplify(round)
    expect(kept.length).toBeLessThan(200)
    expect(kept[0]).toEqual(round[0])
    expect(kept.at(-1)).toEqual(round.at(-1))
    expect(worst(round, kept)).toBeLessThan(0.125)
  })

  it('leaves no gap in which an outline could round a corner off', () => {
    const square: Point[] = [...line(100, 1), ...line(100, 1).map(([x]): Point => [99, x, 0.5])]
    const kept = simplify(square)
    const gaps = kept.slice(1).map(([x, y], n) => {
      const [px, py] = kept[n] as Point
      return Math.hypot(x - px, y - py)
    })
    expect(Math.max(...gaps)).toBeLessThanOrEqual(4)
    expect(kept.some(([x, y]) => x === 99 && y === 0)).toBe(true)
  })

  it('keeps a change of pressure on a straight line', () => {
    const pressed = line(40, 0.1).map(([x, y], n): Point => [x, y, n === 20 ? 0.9 : 0.4])
    expect(simplify(pressed).some(([, , pressure]) => pressure === 0.9)).toBe(true)
  })

  it('travels in tenths of points and hundredths of pressure, no point twice', () => {
    expect(
      flatten([
        [1.04, 2.06, 0.512],
        [1.01, 2.09, 0.7],
        [1.26, 2.1, 1.4],
      ]),
    ).toEqual([1, 2.1, 0.51, 1.3, 2.1, 1])
  })

  it('is cut where it is too long, each part beginning where the one before ended', () => {
    const long: Point[] = Array.from({ length: 12_000 }, (_, k) => [
      k % 2 ? k : k + 3,
      (k % 7) * 5,
      0.5,
    ])
    const strokes = strokesOf(long)
    expect(strokes.length).toBe(3)
    for (const [n, points] of strokes.entries()) {
      expect(points.length / 3).toBeLessThanOrEqual(MAX_POINTS)
      const next = strokes[n + 1]
      if (next) expect(next.slice(0, 3)).toEqual(points.slice(-3))
    }
    const all = strokes.reduce((sum, points) => sum + points.length / 3, 0)
    expect(all - strokes.length + 1).toBe(flatten(simplify(long)).length / 3)
  })

  it('may be a single point', () => {
    const [points] = strokesOf([[10, 20, 0.5]])
    expect(points).toEqual([10, 20, 0.5])
    expect(outline(points ?? [], 2)).toMatch(/^M.*Z$/)
  })

  it('has an outline as wide as the pen, wider where it is pressed', () => {
    const heights = (pressure: number) => {
      const points = line(40, 2).flatMap(([x, y]) => [x, y, pressure])
      const numbers = outline(points, 2).match(/-?[\d.]+/g) ?? []
      const ys = numbers.filter((_, n) => n % 2 === 1).map(Number)
      return Math.max(...ys) - Math.min(...ys)
    }
    expect(heights(0.5)).toBeCloseTo(2, 0)
    expect(heights(0.9)).toBeGreaterThan(heights(0.5))
    expect(heights(0.1)).toBeLessThan(heights(0.5))
  })
})
