interface Box {
  left: number
  right: number
  top: number
  bottom: number
}
interface Size {
  width: number
  height: number
}

const GAP = 4
const EDGE = 8

/** Where a menu goes: under its button, its end under the button's end; above when below has no room. */
export function beside(button: Box, menu: Size, room: Size): { left: number; top: number } {
  const under = button.bottom + GAP
  const above = button.top - GAP - menu.height
  const fits = under + menu.height <= room.height - EDGE
  const top = fits || above < EDGE ? under : above
  return {
    left: clamp(button.right - menu.width, EDGE, room.width - EDGE - menu.width),
    top: clamp(top, EDGE, room.height - EDGE - menu.height),
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high))
}
