import { type Pages, PDF_TO_CSS } from './pages'
import type { OnPageDrawn } from './reader'

const SVG = 'http://www.w3.org/2000/svg'

type Viewport = ReturnType<Pages['view']>['viewport']

interface Laid {
  parts: Element[]
  clear: (() => void) | undefined
}

/**
 * What lies over each drawn page: highlights, then ink, each an `<svg>` in the page's user space,
 * then pins. pdf.js empties a page's element at every redraw, so they are put back, and let go
 * with their page.
 */
export class Layers {
  readonly #laid = new Map<number, Laid>()
  readonly #redraws: MutationObserver

  constructor(
    private readonly pages: Pages,
    private readonly onpagedrawn: OnPageDrawn,
  ) {
    this.#redraws = new MutationObserver(() => this.#keep())
  }

  drawn(page: number): void {
    const { div, viewport } = this.pages.view(page)
    if (this.#laid.has(page)) {
      this.#keep()
      return
    }
    const base = viewport.clone({ scale: 1 })
    const under = drawing('highlights', base)
    const over = drawing('marks', base)
    const pins = document.createElement('div')
    pins.className = 'pins'
    const parts = [under.svg, over.svg, pins]
    div.append(...parts)
    this.#redraws.observe(div, { childList: true })
    const toPage = (clientX: number, clientY: number): [number, number] => {
      const box = div.getBoundingClientRect()
      const per = this.pages.scale * PDF_TO_CSS
      const [x, y] = base.convertToPdfPoint((clientX - box.left) / per, (clientY - box.top) / per)
      return [x, y]
    }
    const toPart = (x: number, y: number): [number, number] => {
      const [left = 0, top = 0] = base.convertToViewportPoint(x, y)
      return [left / base.width, top / base.height]
    }
    const clear = this.onpagedrawn({
      page,
      svg: over.svg,
      marks: over.group,
      highlights: under.group,
      pins,
      element: div,
      toPage,
      toPart,
    })
    this.#laid.set(page, { parts, clear })
  }

  close(): void {
    this.#redraws.disconnect()
    for (const { clear } of this.#laid.values()) clear?.()
    this.#laid.clear()
  }

  #keep(): void {
    for (const [page, { parts, clear }] of this.#laid) {
      if (this.pages.isDrawn(page)) {
        const { div } = this.pages.view(page)
        if (parts.some((part) => part.parentNode !== div)) div.append(...parts)
      } else {
        for (const part of parts) part.remove()
        clear?.()
        this.#laid.delete(page)
      }
    }
  }
}

function drawing(name: string, base: Viewport): { svg: SVGSVGElement; group: SVGGElement } {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('class', name)
  svg.setAttribute('viewBox', `0 0 ${base.width} ${base.height}`)
  svg.setAttribute('preserveAspectRatio', 'none')
  svg.setAttribute('aria-hidden', 'true')
  const group = document.createElementNS(SVG, 'g')
  group.setAttribute('transform', `matrix(${base.transform.join(' ')})`)
  svg.append(group)
  return { svg, group }
}
