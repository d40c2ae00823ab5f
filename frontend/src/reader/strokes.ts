import { getStroke } from 'perfect-freehand'

/** x and y in points of the page, pressure from 0 to 1. */
export type Point = [x: number, y: number, pressure: number]

/** More points than this are several strokes (the wire takes 5,000 a stroke). */
export const MAX_POINTS = 5000
/** A point that stands nearer than this to the line of its neighbours says nothing. */
const STRAIGHT = 0.12
/** Outlines are curves between points: far apart, they would round the corners off. */
const FAR = 4
const PRESSED = 0.06
/** perfect-freehand counts in pixels of a screen: at four to the point its noise filters are small. */
const GRAIN = 4

const round = (value: number, grain: number) => Math.round(value * grain) / grain

/** How far `p` stands from the segment `a` to `b`. */
export function distance(p: readonly number[], a: readonly number[], b: readonly number[]): number {
  const [px = 0, py = 0, ax = 0, ay = 0, bx = 0, by = 0] = [
    ...p.slice(0, 2),
    ...a.slice(0, 2),
    ...b.slice(0, 2),
  ]
  const [dx, dy] = [bx - ax, by - ay]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : ((px - ax) * dx + (py - ay) * dy) / length
  const t = Math.min(1, Math.max(0, along))
  return Math.hypot(px - ax - t * dx, py - ay - t * dy)
}

/** Whether everything between two points is told by them alone. */
function isPlain(points: readonly Point[], from: number, to: number): boolean {
  const [a, b] = [points[from] as Point, points[to] as Point]
  if (Math.hypot(b[0] - a[0], b[1] - a[1]) > FAR) return false
  for (let n = from + 1; n < to; n++) {
    const p = points[n] as Point
    if (distance(p, a, b) > STRAIGHT) return false
    const part = (n - from) / (to - from)
    if (Math.abs(p[2] - (a[2] + part * (b[2] - a[2]))) > PRESSED) return false
  }
  return true
}

/** Drops the points that change nothing to be seen; the first and the last always stay. */
export function simplify(points: readonly Point[]): Point[] {
  if (points.length < 3) return [...points]
  const kept: Point[] = [points[0] as Point]
  let from = 0
  for (let n = 2; n < points.length; n++) {
    if (isPlain(points, from, n)) continue
    from = n - 1
    kept.push(points[from] as Point)
  }
  kept.push(points.at(-1) as Point)
  return kept
}

/** As it travels: a tenth of a point, a hundredth of the pressure, no point twice in a row. */
export function flatten(points: readonly Point[]): number[] {
  const flat: number[] = []
  for (const [x, y, pressure] of points) {
    const [rx, ry] = [round(x, 10), round(y, 10)]
    if (flat.length > 0 && flat.at(-3) === rx && flat.at(-2) === ry) continue
    flat.push(rx, ry, round(Math.min(1, Math.max(0, pressure)), 100))
  }
  return flat
}

/** One drawn line as strokes ready to be kept; each begins where the one before ended. */
export function strokesOf(points: readonly Point[]): number[][] {
  const flat = flatten(simplify(points))
  const strokes: number[][] = []
  const step = (MAX_POINTS - 1) * 3
  for (let at = 0; at === 0 || at < flat.length - 3; at += step) {
    strokes.push(flat.slice(at, at + step + 3))
  }
  return strokes
}

/** The outline of a stroke as the `d` of a path, the same while it is drawn and ever after. */
export function outline(points: ArrayLike<number>, width: number): string {
  const scaled: Point[] = []
  for (let n = 0; n + 2 < points.length; n += 3) {
    scaled.push([(points[n] ?? 0) * GRAIN, (points[n + 1] ?? 0) * GRAIN, points[n + 2] ?? 0.5])
  }
  const edge = getStroke(scaled, {
    size: width * GRAIN,
    thinning: 0.6,
    smoothing: 0.5,
    // Points that were simplified away must not move the line.
    streamline: 0,
    simulatePressure: false,
    last: true,
  })
  return pathOf(edge.map(([x = 0, y = 0]) => [x / GRAIN, y / GRAIN]))
}

/** A closed curve through the middles of its points. */
function pathOf(edge: [number, number][]): string {
  const [first] = edge
  if (!first) return ''
  const at = (value: number) => round(value, 100)
  let d = ''
  edge.forEach(([x, y], n) => {
    const [nx, ny] = edge[(n + 1) % edge.length] ?? first
    const middle = `${at((x + nx) / 2)} ${at((y + ny) / 2)}`
    d += n === 0 ? `M${middle}` : `Q${at(x)} ${at(y)} ${middle}`
  })
  return `${d}Q${at(first[0])} ${at(first[1])} ${at((first[0] + (edge[1]?.[0] ?? 0)) / 2)} ${at((first[1] + (edge[1]?.[1] ?? 0)) / 2)}Z`
}
