import { type Pages, PDF_TO_CSS } from './pages'
import type { OnPageDrawn } from './reader'

const SVG = 'http://www.w3.org/2000/svg'

interface Laid {
  svg: SVGSVGElement
  clear: (() => void) | undefined
}

/**
 * One `<svg>` over each drawn page, in the page's user space. pdf.js empties a page's element at
 * every redraw, so each layer is put back, and let go with its page.
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
    const svg = document.createElementNS(SVG, 'svg')
    svg.setAttribute('class', 'marks')
    svg.setAttribute('viewBox', `0 0 ${base.width} ${base.height}`)
    svg.setAttribute('preserveAspectRatio', 'none')
    const marks = document.createElementNS(SVG, 'g')
    marks.setAttribute('transform', `matrix(${base.transform.join(' ')})`)
    svg.append(marks)
    div.append(svg)
    this.#redraws.observe(div, { childList: true })
    const toPage = (clientX: number, clientY: number): [number, number] => {
      const box = div.getBoundingClientRect()
      const per = this.pages.scale * PDF_TO_CSS
      const [x, y] = base.convertToPdfPoint((clientX - box.left) / per, (clientY - box.top) / per)
      return [x, y]
    }
    const clear = this.onpagedrawn({ page, svg, marks, element: div, toPage })
    this.#laid.set(page, { svg, clear })
  }

  close(): void {
    this.#redraws.disconnect()
    for (const { clear } of this.#laid.values()) clear?.()
    this.#laid.clear()
  }

  #keep(): void {
    for (const [page, { svg, clear }] of this.#laid) {
      if (this.pages.isDrawn(page)) {
        const { div } = this.pages.view(page)
        if (svg.parentNode !== div) div.append(svg)
      } else {
        svg.remove()
        clear?.()
        this.#laid.delete(page)
      }
    }
  }
}
