import { findInPage } from './find'
import { fold } from './fold'
import { type LayerText, readLayer } from './text'

const ALL = 'reader-found'
const CHOSEN = 'reader-chosen'

/**
 * Marks passages in the drawn pages with the CSS Custom Highlight API: nothing is written into
 * pdf.js's text layer. Where the server's text and the page's differ in number, the page decides.
 */
export class Found {
  readonly #layers = new Map<number, { layer: HTMLElement; ranges: Range[] }>()
  readonly #drawn = new Map<number, HTMLElement>()
  #wanted: RegExp | null = null
  #chosen: { page: number; nth: number } | null = null

  look(wanted: RegExp | null): void {
    this.#wanted = wanted
    this.#chosen = null
    this.#layers.clear()
    for (const [page, layer] of this.#drawn) this.#read(page, layer)
    this.#paint()
  }

  /** A page's text layer was drawn. */
  drawn(page: number, layer: HTMLElement): void {
    for (const [old, element] of this.#drawn) {
      if (!element.isConnected) {
        this.#drawn.delete(old)
        this.#layers.delete(old)
      }
    }
    this.#drawn.set(page, layer)
    this.#read(page, layer)
    this.#paint()
  }

  /** Chooses one passage; its box in the window, or null while its page is not drawn. */
  choose(page: number, nth: number): DOMRect | null {
    this.#chosen = { page, nth }
    this.#paint()
    const ranges = this.#layers.get(page)?.ranges ?? []
    return ranges[Math.min(nth, ranges.length - 1)]?.getBoundingClientRect() ?? null
  }

  /** The passage that is chosen, once its page is drawn. */
  get chosenRange(): Range | null {
    const ranges = this.#layers.get(this.#chosen?.page ?? 0)?.ranges ?? []
    return ranges[Math.min(this.#chosen?.nth ?? 0, ranges.length - 1)] ?? null
  }

  close(): void {
    this.#layers.clear()
    this.#drawn.clear()
    CSS.highlights?.delete(ALL)
    CSS.highlights?.delete(CHOSEN)
  }

  #read(page: number, layer: HTMLElement): void {
    if (!this.#wanted) return
    const text = readLayer(layer)
    const ranges = findInPage(fold(text.raw), this.#wanted).flatMap((hit) => range(text, hit) ?? [])
    this.#layers.set(page, { layer, ranges })
  }

  #paint(): void {
    if (!globalThis.Highlight) return
    const chosen = this.#chosen
    const all = new Highlight()
    const one = new Highlight()
    one.priority = 1
    for (const [page, { ranges }] of this.#layers) {
      const last = ranges.length - 1
      ranges.forEach((found, nth) => {
        const isChosen = page === chosen?.page && nth === Math.min(chosen.nth, last)
        ;(isChosen ? one : all).add(found)
      })
    }
    CSS.highlights.set(ALL, all)
    CSS.highlights.set(CHOSEN, one)
  }
}

function range(text: LayerText, hit: { begin: number; end: number }): Range | null {
  const from = text.at(hit.begin)
  const to = text.at(hit.end - 1)
  if (!from || !to) return null
  const found = document.createRange()
  found.setStart(from.node, from.offset)
  found.setEnd(to.node, Math.min(to.offset + 1, to.node.length))
  return found
}
