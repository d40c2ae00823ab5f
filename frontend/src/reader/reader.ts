/** What a host gives the reader, and what it hears back. The reader knows no server and no storage. */
import type { Snippet } from 'svelte'
import type { Mark, Marking, NotePlace } from './marks'

/** The bytes of one PDF, wherever they are. */
export interface PaperSource {
  /** Length of the whole file in bytes. */
  readonly size: number
  /**
   * Bytes `begin` (included) to `end` (excluded). May wait for a download; may reject, and is then
   * asked again when the person says so. The array belongs to the reader afterwards: its buffer
   * is handed to a worker, so give a copy of anything kept.
   */
  read(begin: number, end: number): Promise<Uint8Array>
}

export interface Paper {
  id: string
  title: string
  subtitle: string
  source: PaperSource
  /** Known before the file is opened; the file has the last word. */
  pages: number
  /** Page texts made by the server, one string a page; null when there are none yet. */
  texts?: () => Promise<string[] | null>
}

export type Zoom = number | 'page-width' | 'page-fit'
export type PanelName = 'outline' | 'thumbnails' | 'search' | 'notes'

/** Where somebody was in a paper: `top` and `left` in points of the page's own user space. */
export interface Place {
  page: number
  /** 1 is the size on paper. */
  zoom: Zoom
  top: number
  left: number
  panel?: PanelName | null
}

export interface Way {
  title: string
  href: string
}

/**
 * A layer laid over a page, above its text: `svg` is in the page's user space (points, y upwards,
 * the page's own boxes and rotation already applied), so zoom and rotation of the device cost nothing.
 */
export interface PageLayer {
  page: number
  svg: SVGSVGElement
  /** The group whose coordinates are those of the PDF. */
  marks: SVGGElement
  /** The same, under it: ink stays on top of highlights. */
  highlights: SVGGElement
  /** What keeps its size at every zoom stands here, placed by `toPart`. */
  pins: HTMLElement
  /** The page's element: its text layer is `.textLayer` inside. */
  element: HTMLElement
  /** From a point of the window to the page's user space. */
  toPage(clientX: number, clientY: number): [x: number, y: number]
  /** From the page's user space to parts (0 to 1) of the page as it is seen, from its upper left. */
  toPart(x: number, y: number): [x: number, y: number]
}

/** Called when a page is drawn; what it returns is called when the page leaves memory. */
export type OnPageDrawn = (layer: PageLayer) => (() => void) | undefined

export interface ReaderProps {
  paper: Paper
  /** Where it was left; the top of the first page when absent. */
  place?: Place | null
  /** Heard when a new place has rested, and on leaving. */
  onplace?: (place: Place) => void
  /** Back to where the paper was chosen. */
  back: { label: string; href: string }
  previous?: Way | null
  next?: Way | null
  onpagedrawn?: OnPageDrawn
  /** The state of the sync, in the bar. */
  sync?: Snippet
  /** A band under the bar: a new version, a download under way. */
  banner?: Snippet
  /** Beside the pages, with the page being read. */
  side?: Snippet<[page: number]>
  /** A panel of the reader opened: it takes the place of `side`. */
  onpanel?: () => void
  /** Tools put before those of the reader. */
  tools?: Snippet
  /** Keeps the marks; without it the paper is only read. */
  marking?: Marking
  /** The list of notes, in the panel of that name. */
  notes?: Snippet<[NotesView]>
}

/** What a list of notes may ask of the reader. */
export interface NotesView {
  /** The page being read. */
  readonly page: number
  /** Brings a mark before the eyes. */
  show(mark: Pick<Mark, 'id' | 'page'>): void
  /** Says something to people who do not see the screen. */
  say(words: string): void
  /** Back to the pages. */
  close(): void
}

export type { Mark, Marking, NotePlace }
