import { type Opened, open, type PdfDocument } from './engine'
import { Found } from './found'
import { listenToZoom } from './gestures'
import { Layers } from './layers'
import { Pages } from './pages'
import type { OnPageDrawn, PanelName, Paper, Place, Zoom } from './reader'
import type { PdfWords } from './words'

export type Phase = 'opening' | 'reading' | 'failed'

export interface ReadingEvents {
  onplace?: ((place: Place) => void) | undefined
  onpagedrawn?: OnPageDrawn | undefined
}

/** A place is told when it has rested: a scroll of a hundred pages is one place. */
const REST = 250

/** One paper being read: its document, its pages, and what the screen shows about them. */
export class Reading {
  phase = $state<Phase>('opening')
  /** Why the paper cannot be shown at all. */
  failure = $state.raw<unknown>(null)
  /** Why a part of it is late; it is asked again by `retry`. */
  fault = $state.raw<unknown>(null)
  page = $state(1)
  count = $state(0)
  scale = $state(1)
  zoom = $state<Zoom>('page-width')
  panel = $state<PanelName | null>(null)
  document = $state.raw<PdfDocument | null>(null)
  pages = $state.raw<Pages | null>(null)
  readonly found = new Found()

  #opened: Opened | null = null
  #layers: Layers | null = null
  #place: Place | null = null
  #resting: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(
    private readonly paper: Paper,
    place: Place | null | undefined,
    private readonly words: PdfWords,
    private readonly events: ReadingEvents,
  ) {
    this.count = paper.pages
    this.page = place?.page ?? 1
    this.panel = place?.panel ?? null
    this.#place = place ?? null
  }

  async open(container: HTMLDivElement, sheets: HTMLDivElement): Promise<void> {
    this.phase = 'opening'
    this.failure = null
    try {
      this.#opened = open(this.paper.source, (error) => {
        this.fault = error
      })
      const document = await this.#opened.document
      if (this.#closed) return
      this.count = document.numPages
      await this.#show(document, container, sheets)
    } catch (error) {
      if (this.#closed) return
      this.failure = error
      this.phase = 'failed'
      await this.#drop()
    }
  }

  async retry(): Promise<void> {
    await this.#opened?.retry()
  }

  setPanel(panel: PanelName | null): void {
    this.panel = panel
    this.#tell()
  }

  /** Tells the last place now: the person is leaving. */
  flush(): void {
    if (this.#resting === undefined) return
    clearTimeout(this.#resting)
    this.#resting = undefined
    if (this.#place) this.events.onplace?.({ ...this.#place, panel: this.panel })
  }

  async close(): Promise<void> {
    this.flush()
    this.#closed = true
    this.found.close()
    await this.#drop()
  }

  async #show(
    document: PdfDocument,
    container: HTMLDivElement,
    sheets: HTMLDivElement,
  ): Promise<void> {
    const pages = new Pages(container, sheets, {
      words: this.words,
      onplace: (place) => {
        this.#place = place
        this.#tell()
      },
      onzoom: (scale, zoom) => {
        this.scale = scale
        this.zoom = zoom
      },
      ondrawn: (page) => this.#layers?.drawn(page),
      ontext: (page, layer) => this.found.drawn(page, layer),
    })
    if (this.events.onpagedrawn) this.#layers = new Layers(pages, this.events.onpagedrawn)
    pages.bus.on(
      'pagechanging',
      ({ pageNumber }: { pageNumber: number }) => {
        this.page = pageNumber
      },
      { signal: pages.signal },
    )
    listenToZoom(container, (...change) => pages.scaleBy(...change), pages.signal)
    this.pages = pages
    await pages.show(document, this.#place)
    if (this.#closed) return
    this.document = document
    this.page = pages.current
    this.phase = 'reading'
  }

  #tell(): void {
    clearTimeout(this.#resting)
    this.#resting = setTimeout(() => this.flush(), REST)
  }

  async #drop(): Promise<void> {
    this.#layers?.close()
    this.pages?.close()
    this.#layers = null
    this.pages = null
    this.document = null
    await this.#opened?.close()
    this.#opened = null
  }
}
