/** What somebody puts on the pages of a paper. Lengths are points of the PDF's user space, y upwards. */

export type Colour = 'yellow' | 'green' | 'blue' | 'red' | 'black'

/** Lower left, lower right, upper left, upper right: x and y of each (ISO 32000-2, 12.5.6.10). */
export type Quad = number[]

/** TextQuoteSelector of the Web Annotation Data Model. */
export interface Quote {
  exact: string
  prefix: string
  suffix: string
}

interface Styled {
  colour: Colour
  label: string
}

/** One stroke: `points` are x, y and pressure (0 to 1) of each point in turn. */
export interface Ink extends Styled {
  kind: 'ink'
  width: number
  points: number[]
}

export interface Highlight extends Styled {
  kind: 'highlight'
  quads: Quad[]
  quote: Quote
}

/** Pinned at a place of the page, or of the page as a whole when `x` and `y` are null. */
export interface Note extends Styled {
  kind: 'note'
  text: string
  x: number | null
  y: number | null
  quote: Quote | null
}

export interface Bookmark extends Styled {
  kind: 'bookmark'
}

export type Shape = Ink | Highlight | Note | Bookmark

export interface Mark {
  id: string
  page: number
  shape: Shape
}

/** A shape that was just made, before anybody keeps it. */
export type Made = Omit<Mark, 'id'>

/** Where a note is to be written. */
export type NotePlace = Pick<Note, 'x' | 'y' | 'quote'> & { page: number }

/** What keeps the marks: the host. It answers at once, so that nothing flickers, and saves behind. */
export interface Marking {
  /** Every mark of this paper. */
  readonly marks: readonly Mark[]
  readonly canUndo: boolean
  readonly canRedo: boolean
  /** A pen was seen on this tablet: fingers scroll. */
  readonly penKnown: boolean
  onpen(): void
  put(made: Made[]): void
  remove(ids: string[]): void
  undo(): void
  redo(): void
  /** A note is to be written, or a mark was tapped to be read: the panel of notes is being shown. */
  write(place: NotePlace): void
  open(id: string): void
}
