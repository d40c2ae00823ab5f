/** How far a pointer goes before a press becomes a drag, and how near an edge the page scrolls. */
const THRESHOLD = 6
const EDGE = 128
const FASTEST = 18

export interface DragHandlers {
  onstart: () => void
  /** The pointer, in the coordinates of the window; also called while the page scrolls under it. */
  onmove: (x: number, y: number) => void
  ondrop: () => void
  oncancel: () => void
}

/**
 * Makes an element the handle of a drag, for the mouse, the finger and the pen alike: the drag and
 * drop of HTML does not exist under a finger. The handle needs `touch-action: none`.
 * Escape gives up. For `{@attach}`.
 */
export function dragHandle(handlers: DragHandlers): (node: HTMLElement) => () => void {
  return (node) => {
    const stop = new AbortController()
    const { signal } = stop
    let start: { x: number; y: number; id: number } | undefined
    let at = { x: 0, y: 0 }
    let isDragging = false
    let frame = 0

    function press(event: PointerEvent) {
      if (event.button !== 0 || start) return
      start = { x: event.clientX, y: event.clientY, id: event.pointerId }
      node.setPointerCapture(event.pointerId)
    }

    function move(event: PointerEvent) {
      if (event.pointerId !== start?.id) return
      at = { x: event.clientX, y: event.clientY }
      if (!isDragging) {
        if (Math.hypot(at.x - start.x, at.y - start.y) < THRESHOLD) return
        isDragging = true
        handlers.onstart()
        frame = requestAnimationFrame(scroll)
      }
      event.preventDefault()
      handlers.onmove(at.x, at.y)
    }

    function scroll() {
      const speed = pull(at.y, window.innerHeight)
      if (speed !== 0) {
        window.scrollBy(0, speed)
        handlers.onmove(at.x, at.y)
      }
      frame = requestAnimationFrame(scroll)
    }

    function end(handler: () => void) {
      const wasDragging = isDragging
      start = undefined
      isDragging = false
      cancelAnimationFrame(frame)
      if (wasDragging) handler()
    }

    node.addEventListener('pointerdown', press, { signal })
    node.addEventListener('pointermove', move, { signal })
    node.addEventListener('pointerup', () => end(handlers.ondrop), { signal })
    node.addEventListener('pointercancel', () => end(handlers.oncancel), { signal })
    addEventListener(
      'keydown',
      (event) => {
        if (event.key === 'Escape' && isDragging) end(handlers.oncancel)
      },
      { signal },
    )
    return () => {
      end(handlers.oncancel)
      stop.abort()
    }
  }
}

/** How fast the page scrolls under a drag: faster nearer an edge; 0 in the middle. */
export function pull(y: number, height: number): number {
  if (y < EDGE) return -Math.ceil((FASTEST * (EDGE - y)) / EDGE)
  if (y > height - EDGE) return Math.ceil((FASTEST * (y - height + EDGE)) / EDGE)
  return 0
}
