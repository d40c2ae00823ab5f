import type { Mark, Quad, Shape } from './marks'
import { distance } from './strokes'

type Spot = readonly [x: number, y: number]

/** Corners in the order one walks around them. */
function corners([ax = 0, ay = 0, bx = 0, by = 0, cx = 0, cy = 0, dx = 0, dy = 0]: Quad): Spot[] {
  return [
    [ax, ay],
    [bx, by],
    [dx, dy],
    [cx, cy],
  ]
}

/** Whether a spot is inside a quad, or within `reach` of its sides. */
function touchesQuad(quad: Quad, spot: Spot, reach: number): boolean {
  const around = corners(quad)
  let inside = false
  for (let n = 0; n < 4; n++) {
    const [a, b] = [around[n] as Spot, around[(n + 1) % 4] as Spot]
    if (distance(spot, a, b) <= reach) return true
    const crosses = a[1] > spot[1] !== b[1] > spot[1]
    if (crosses && spot[0] < ((b[0] - a[0]) * (spot[1] - a[1])) / (b[1] - a[1]) + a[0]) {
      inside = !inside
    }
  }
  return inside
}

function touchesStroke(points: readonly number[], spot: Spot, reach: number): boolean {
  for (let n = 0; n + 2 < points.length; n += 3) {
    const from = [points[n] ?? 0, points[n + 1] ?? 0]
    const to = [points[n + 3] ?? from[0] ?? 0, points[n + 4] ?? from[1] ?? 0]
    if (distance(spot, from, to) <= reach) return true
  }
  return false
}

/** Whether a finger of radius `reach` (points) on `spot` touches this. A page as a whole is not touched. */
export function touches(shape: Shape, spot: Spot, reach: number): boolean {
  if (shape.kind === 'ink') return touchesStroke(shape.points, spot, reach + shape.width / 2)
  if (shape.kind === 'highlight') {
    return shape.quads.some((quad) => touchesQuad(quad, spot, reach / 4))
  }
  if (shape.kind === 'note' && shape.x !== null && shape.y !== null) {
    return Math.hypot(spot[0] - shape.x, spot[1] - shape.y) <= reach * 2
  }
  return false
}

/** The marks a finger touches on its way from one spot to the next; those on top come first. */
export function touched(marks: readonly Mark[], from: Spot, to: Spot, reach: number): Mark[] {
  const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / reach))
  const way = Array.from({ length: steps }, (_, n): Spot => {
    const part = (n + 1) / steps
    return [from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1])]
  })
  const depth = { note: 0, ink: 1, highlight: 2, bookmark: 3 }
  return marks
    .filter(({ shape }) => way.some((spot) => touches(shape, spot, reach)))
    .sort((a, b) => depth[a.shape.kind] - depth[b.shape.kind])
}
