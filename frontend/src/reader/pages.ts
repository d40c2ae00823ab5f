import { annotationMode, imageResourcesPath, type PdfDocument, pdfjs, viewer } from './engine'
import { Hold } from './hold'
import { Links } from './links'
import { type Location, placeOf, samePlace, usable } from './place'
import type { Place, Zoom } from './reader'
import {
  demoteEmptyHeaders,
  dropDanglingOwners,
  localiser,
  nameLinks,
  namePage,
  nameWidgets,
  type PdfWords,
} from './words'

/** 5 megapixels a page: 1,030 → 538 MB at twice the density, and scans 14 times quicker to draw. */
const MAX_CANVAS_PIXELS = 5_242_880
/** Below this width the page takes all of it. */
const NARROW = 600
/** While a new size settles, scroll events are the browser's, not the person's. */
const SETTLING = 400
const TEXT_LAYER = 1
/** A page that takes longer is not waited for. */
const TEXT_WAIT = 10_000
const LINE = 60
const NO_EDITOR = -1

export interface PagesEvents {
  onplace(place: Place): void
  onzoom(scale: number, zoom: Zoom): void
  /** A page was drawn (again); its layers may follow. */
  ondrawn?(page: number): void
  ontext?(page: number, layer: HTMLElement): void
  words: PdfWords
}

type PageView = ReturnType<InstanceType<typeof viewer.PDFViewer>['getPageView']>

/** The scrolled pages of one paper, over pdf.js's viewer. */
export class Pages {
  readonly bus = new viewer.EventBus()
  readonly links: Links
  readonly #viewer: InstanceType<typeof viewer.PDFViewer>
  readonly #off = new AbortController()
  readonly #sizes = new ResizeObserver(() => this.#resized())
  #document: PdfDocument | null = null
  #place: Place | null = null
  readonly #hold: Hold
  #settledAt = 0
  #width = 0
  #height = 0

  constructor(
    private readonly container: HTMLDivElement,
    private readonly pages: HTMLDivElement,
    private readonly events: PagesEvents,
  ) {
    this.#hold = new Hold(container)
    this.links = new Links(this.bus, (page) => {
      this.#taken()
      return this.ready(page)
    })
    this.#viewer = new viewer.PDFViewer({
      container,
      viewer: pages,
      eventBus: this.bus,
      linkService: this.links,
      l10n: localiser(events.words) as never,
      textLayerMode: TEXT_LAYER,
      annotationMode,
      annotationEditorMode: NO_EDITOR,
      imageResourcesPath,
      maxCanvasPixels: MAX_CANVAS_PIXELS,
      enableDetailCanvas: true,
      enableSelectionRendering: false,
      supportsPinchToZoom: false,
      abortSignal: this.#off.signal,
    } as ConstructorParameters<typeof viewer.PDFViewer>[0])
    this.links.setViewer(this.#viewer)
    // After half a minute of rest: fonts and pages nobody looks at.
    const queue = this.#viewer.renderingQueue as unknown as { onIdle: () => void }
    queue.onIdle = () => {
      this.#viewer.cleanup()
      void this.#document?.cleanup().catch(() => {}) // something is being drawn after all
    }
    this.#listen()
  }

  get count(): number {
    return this.#document?.numPages ?? 0
  }

  get current(): number {
    return this.#viewer.currentPageNumber
  }

  get scale(): number {
    return this.#viewer.currentScale
  }

  get zoom(): Zoom {
    return this.#place?.zoom ?? 'page-width'
  }

  get signal(): AbortSignal {
    return this.#off.signal
  }

  /** Shows a document where it was left; resolves when its pages have a size. */
  async show(document: PdfDocument, wanted: Place | null | undefined): Promise<void> {
    this.#document = document
    const place = usable(wanted, document.numPages)
    // Loaded first, so that the page has its own size before somebody is brought inside it.
    const first = await document.getPage(place.page)
    if (this.#off.signal.aborted) return
    const laidOut = new Promise<void>((done) =>
      this.bus.on('pagesinit', () => done(this.#begin(place, first)), {
        once: true,
        signal: this.#off.signal,
      }),
    )
    this.links.setDocument(document)
    this.#viewer.setDocument(document)
    await laidOut
  }

  view(page: number): PageView {
    return this.#viewer.getPageView(page - 1)
  }

  isDrawn(page: number): boolean {
    return this.#viewer.getCachedPageViews().has(this.view(page))
  }

  /** Gives a page its own size; until then it has the size of the first one. */
  async ready(page: number): Promise<void> {
    const view = this.view(page)
    if (!this.#document || !view || view.pdfPage) return
    const pdfPage = await this.#document.getPage(page)
    if (!view.pdfPage && !this.#off.signal.aborted) view.setPdfPage(pdfPage)
  }

  /** To the top of a page, at once: the page itself may come later. */
  goTo(page: number): void {
    if (page < 1 || page > this.count) return
    this.#taken()
    this.#place = { page, zoom: this.zoom, top: Number.NaN, left: 0 }
    this.#scrollTo(this.#place)
  }

  /** What `look` finds once a page's text is drawn; null when it does not come. */
  drawn<T>(page: number, look: () => T | null): Promise<T | null> {
    const off = new AbortController()
    const signal = AbortSignal.any([off.signal, this.#off.signal, AbortSignal.timeout(TEXT_WAIT)])
    return new Promise<T | null>((done) => {
      signal.addEventListener('abort', () => done(null))
      const onText = ({ pageNumber }: { pageNumber: number }) => {
        if (pageNumber === page) done(look())
      }
      this.bus.on('textlayerrendered', onText, { signal })
      const already = look()
      if (already) done(already)
    }).finally(() => off.abort())
  }

  /** Scrolls just enough that a box of the window is well in sight. */
  reveal(box: DOMRect): void {
    const seen = this.container.getBoundingClientRect()
    const isSeen =
      box.top > seen.top + 24 &&
      box.bottom < seen.bottom - 24 &&
      box.left > seen.left &&
      box.right < seen.right
    if (isSeen) return
    this.#taken()
    this.container.scrollBy({
      top: box.top - seen.top - seen.height / 3,
      left: box.left < seen.left || box.right > seen.right ? box.left - seen.left - 48 : 0,
    })
  }

  /** Down (1) or up (-1) by most of a screen, or by a line. */
  scroll(direction: 1 | -1, by: 'screen' | 'line'): void {
    this.#taken()
    const step = by === 'line' ? LINE : this.container.clientHeight * 0.9
    this.container.scrollBy({ top: direction * step })
  }

  get overflows(): boolean {
    return this.container.scrollWidth > this.container.clientWidth + 1
  }

  setZoom(zoom: Zoom): void {
    this.#viewer.currentScaleValue = String(zoom)
  }

  /** One step larger (1) or smaller (-1), around the middle of what is seen. */
  step(direction: 1 | -1): void {
    const origin = [this.container.clientWidth / 2, this.container.clientHeight / 3]
    this.#viewer.updateScale({ steps: direction, origin } as never)
  }

  scaleBy(scaleFactor: number, origin: [number, number], pan?: [number, number]): void {
    this.#viewer.updateScale({ scaleFactor, origin, pan: pan ?? null, drawingDelay: 400 } as never)
  }

  close(): void {
    this.#sizes.disconnect()
    // Emptied rather than left to the collector: Safari counts a canvas until then.
    for (const view of this.#viewer.getCachedPageViews()) view.destroy()
    if (this.#document) this.#viewer.setDocument(null as never)
    this.links.setDocument(null)
    this.#off.abort()
    this.#document = null
  }

  #begin(place: Place, pdfPage: Awaited<ReturnType<PdfDocument['getPage']>>): void {
    const { words } = this.events
    for (let page = 1; page <= this.count; page++) {
      namePage(this.view(page).div, page, this.count, words)
    }
    const view = this.view(place.page)
    if (!view.pdfPage) view.setPdfPage(pdfPage)
    this.#measure()
    this.#place = place
    this.#restore()
    this.#sizes.observe(this.container)
    this.#sizes.observe(this.pages)
  }

  #listen(): void {
    const { bus, events } = this
    const options = { signal: this.#off.signal }
    // Who moves the pages meanwhile is a person: they go on from where that brings them.
    for (const gesture of ['wheel', 'pointerdown', 'touchstart'] as const) {
      this.container.addEventListener(gesture, () => this.#taken(), { ...options, passive: true })
    }
    type Drawn = { pageNumber: number; isDetailView?: boolean; source: PageView }
    bus.on(
      'updateviewarea',
      ({ location }: { location: Location }) => this.#moved(location),
      options,
    )
    bus.on('scalechanging', () => this.#scaled(), options)
    bus.on(
      'pagerendered',
      ({ pageNumber, isDetailView }: Drawn) => {
        if (isDetailView) return
        // Its lines are known from now on.
        if (pageNumber === this.#place?.page && Number.isNaN(this.#place.top)) this.#viewer.update()
        events.ondrawn?.(pageNumber)
      },
      options,
    )
    bus.on(
      'textlayerrendered',
      ({ pageNumber, source }: Drawn) => {
        const layer = source.textLayer?.div
        if (layer) events.ontext?.(pageNumber, layer)
        // The structure tree is put in place just after.
        requestAnimationFrame(() => {
          dropDanglingOwners(source.div)
          demoteEmptyHeaders(source.div)
          nameLinks(source.div, events.words)
        })
      },
      options,
    )
    bus.on(
      'annotationlayerrendered',
      ({ source }: Drawn) => {
        nameWidgets(source.div, events.words)
        nameLinks(source.div, events.words)
        dropDanglingOwners(source.div)
      },
      options,
    )
  }

  #taken(): void {
    this.#settledAt = 0
  }

  #moved(location: Location): void {
    const place = placeOf(location)
    const { pdfPage } = this.view(place.page)
    // It still has the size of the first page, and none of its lines a height of its own.
    if (!pdfPage) place.top = Number.NaN
    this.#hold.take(this.view(this.current).div, this.scale)
    if (!this.#place || performance.now() < this.#settledAt) return
    if (samePlace(place, this.#place)) return
    this.#place = place
    this.events.onplace(place)
  }

  #scaled(): void {
    const value = this.#viewer.currentScaleValue
    const zoom: Zoom =
      value === 'page-width' || value === 'page-fit' ? value : this.#viewer.currentScale
    if (this.#place) this.#place = { ...this.#place, zoom }
    this.events.onzoom(this.#viewer.currentScale, zoom)
  }

  #measure(): void {
    this.#width = this.container.clientWidth
    this.#height = this.container.clientHeight
    this.#viewer.removePageBorders = this.#width < NARROW
    this.#viewer.viewer?.classList.toggle('removePageBorders', this.#width < NARROW)
  }

  /** The device was turned or a panel opened, or pages took their own size: the same lines stay on top. */
  #resized(): void {
    if (
      this.container.clientWidth === this.#width &&
      this.container.clientHeight === this.#height
    ) {
      if (this.#hold.keep(this.scale)) this.#viewer.update()
      return
    }
    this.#measure()
    if (this.#width > 0 && this.#height > 0) this.#restore()
  }

  #restore(): void {
    const place = this.#place
    if (!place) return
    const settled = performance.now() + SETTLING
    this.#settledAt = settled
    this.#viewer.currentScaleValue = String(place.zoom)
    this.#bringTo(place)
    // Bars and pages that took their size meanwhile may have moved it, unless the person did.
    setTimeout(() => {
      const now = this.#place
      if (now && this.#settledAt === settled && !this.#off.signal.aborted) this.#bringTo(now)
    }, SETTLING / 2)
  }

  #bringTo(place: Place): void {
    this.#scrollTo(place)
    this.#place = place
    this.#viewer.update()
  }

  #scrollTo({ page, top, left }: Place): void {
    const view = this.view(page)
    if (Number.isNaN(top)) {
      // The gap above the page shows that this is its top.
      this.container.scrollTo({ top: page === 1 ? 0 : view.div.offsetTop - 8, left: 0 })
      return
    }
    this.#viewer.scrollPageIntoView({
      pageNumber: page,
      destArray: [null, { name: 'XYZ' }, left, top, null],
      allowNegativeOffset: true,
    })
  }
}

export const PDF_TO_CSS = pdfjs.PixelsPerInch.PDF_TO_CSS_UNITS
