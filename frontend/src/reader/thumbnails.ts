import type { PdfDocument, PdfPage } from './engine'

/** Small pictures kept at most; beyond, the one seen longest ago goes. */
const KEPT = 40
const WIDTH = 132
const MAX_HEIGHT = 264

/** Draws small pictures of pages one at a time, in the order they were asked for. */
export class Thumbnails {
  readonly #wanted = new Map<number, HTMLCanvasElement>()
  readonly #kept = new Map<number, HTMLCanvasElement>()
  #drawing = false
  #closed = false

  constructor(
    private readonly document: PdfDocument,
    /** Told each drawn page, so that what nobody else uses of it can be let go. */
    private readonly ondrawn: (page: PdfPage, number: number) => void,
  ) {}

  want(page: number, canvas: HTMLCanvasElement): void {
    if (this.#kept.has(page)) {
      this.#kept.delete(page)
      this.#kept.set(page, canvas)
      return
    }
    this.#wanted.set(page, canvas)
    void this.#drain()
  }

  /** It left the screen before its turn. */
  forget(page: number): void {
    this.#wanted.delete(page)
  }

  close(): void {
    this.#closed = true
    this.#wanted.clear()
    for (const canvas of this.#kept.values()) empty(canvas)
    this.#kept.clear()
  }

  async #drain(): Promise<void> {
    if (this.#drawing) return
    this.#drawing = true
    for (const [page, canvas] of this.#wanted) {
      this.#wanted.delete(page)
      await this.#draw(page, canvas).catch(() => empty(canvas))
      if (this.#closed) break
    }
    this.#drawing = false
  }

  async #draw(number: number, canvas: HTMLCanvasElement): Promise<void> {
    const page = await this.document.getPage(number)
    if (this.#closed) return
    const base = page.getViewport({ scale: 1 })
    const fit = Math.min(WIDTH / base.width, MAX_HEIGHT / base.height)
    const density = Math.min(2, window.devicePixelRatio || 1)
    const viewport = page.getViewport({ scale: fit * density })
    canvas.width = Math.max(1, Math.floor(viewport.width))
    canvas.height = Math.max(1, Math.floor(viewport.height))
    await page.render({ canvas, viewport }).promise
    this.ondrawn(page, number)
    canvas.dataset.drawn = ''
    this.#kept.set(number, canvas)
    for (const [old, oldest] of this.#kept) {
      if (this.#kept.size <= KEPT) break
      this.#kept.delete(old)
      empty(oldest)
    }
  }
}

function empty(canvas: HTMLCanvasElement): void {
  canvas.width = canvas.height = 0
  delete canvas.dataset.drawn
}
