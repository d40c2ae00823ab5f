import { pdfjs } from './engine'

/** Grows or shrinks around a point of the container, in its own pixels. */
export type Scale = (factor: number, origin: [number, number], pan?: [number, number]) => void

const WHEEL_STEP = 1.25

/** Two fingers, and the wheel with Ctrl (which is also how a track pad pinches). */
export function listenToZoom(container: HTMLElement, scale: Scale, signal: AbortSignal): void {
  const inside = (x: number, y: number): [number, number] => {
    const box = container.getBoundingClientRect()
    return [x - box.left, y - box.top]
  }
  container.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey) return
      event.preventDefault()
      const factor = Math.exp(-event.deltaY / 100)
      scale(
        Math.min(WHEEL_STEP, Math.max(1 / WHEEL_STEP, factor)),
        inside(event.clientX, event.clientY),
      )
    },
    { passive: false, signal },
  )
  new pdfjs.TouchManager({
    container,
    signal,
    onPinching: ([x, y]: [number, number], before: number, after: number, dx: number, dy: number) =>
      scale(after / before, inside(x, y), [dx, dy]),
  })
}
