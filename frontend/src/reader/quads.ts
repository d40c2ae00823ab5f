import type { Quad } from './marks'

/** A box of the window. */
export interface Box {
  left: number
  right: number
  top: number
  bottom: number
}

/** Wider than this between two words, in heights of their line, is another column. */
const GAP = 1.6
/** Boxes that share this part of their height are of the same line. */
const SAME_LINE = 0.55

const height = (box: Box) => box.bottom - box.top
const width = (box: Box) => box.right - box.left

function follows(line: Box, next: Box): boolean {
  const shared = Math.min(line.bottom, next.bottom) - Math.max(line.top, next.top)
  if (shared < SAME_LINE * Math.min(height(line), height(next))) return false
  const apart = Math.max(next.left - line.right, line.left - next.right)
  return apart <= GAP * Math.min(height(line), height(next))
}

/** Boxes of words in reading order, as one box a line. */
export function linesOf(boxes: readonly Box[]): Box[] {
  const lines: Box[] = []
  for (const { left, right, top, bottom } of boxes) {
    const box = { left, right, top, bottom }
    if (width(box) < 0.5 || height(box) < 0.5) continue
    const line = lines.at(-1)
    if (line && follows(line, box)) {
      line.left = Math.min(line.left, box.left)
      line.right = Math.max(line.right, box.right)
      line.top = Math.min(line.top, box.top)
      line.bottom = Math.max(line.bottom, box.bottom)
    } else lines.push(box)
  }
  return lines
}

/** A box of the window as a quad of the page: lower left, lower right, upper left, upper right. */
export function quadOf(box: Box, toPage: (x: number, y: number) => [number, number]): Quad {
  const corners = [
    toPage(box.left, box.bottom),
    toPage(box.right, box.bottom),
    toPage(box.left, box.top),
    toPage(box.right, box.top),
  ]
  return corners.flat().map((length) => Math.round(length * 10) / 10)
}
