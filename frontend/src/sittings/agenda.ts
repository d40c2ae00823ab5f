import type { Dossier, Point } from '../local/dossier'

/** A part of the agenda, under its heading; the first has none when points come before any. */
export interface Part {
  id: string
  title: string | null
  points: Point[]
}

/** The points of an agenda under the headings that precede them. */
export function partsOf({ points }: Dossier): Part[] {
  const parts: Part[] = []
  for (const point of points) {
    const { id, kind, title } = point.item
    if (kind === 'heading') parts.push({ id, title, points: [] })
    if (kind === 'heading' && point.pieces.length === 0) continue
    if (parts.length === 0) parts.push({ id: 'start', title: null, points: [] })
    parts.at(-1)?.points.push(point)
  }
  return parts
}
