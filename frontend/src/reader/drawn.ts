import { paths } from '../ui/icons'
import type { Bookmark, Highlight, Ink, Mark, Note, Quad, Shape } from './marks'
import type { PageLayer } from './reader'
import { outline } from './strokes'

const SVG = 'http://www.w3.org/2000/svg'

interface Shown {
  mark: Mark
  parts: Element[]
}

/** Names the pins for people who do not see them. */
export interface PinWords {
  note(text: string): string
}

/** Keeps what is drawn over each page the same as the marks, touching only what changed. */
export class Drawn {
  readonly #layers = new Map<number, { layer: PageLayer; shown: Map<string, Shown> }>()
  #marks = new Map<number, Mark[]>()

  constructor(
    private readonly words: PinWords,
    private readonly onopen: (id: string) => void,
  ) {}

  show(marks: readonly Mark[]): void {
    this.#marks = new Map()
    for (const mark of marks) {
      const here = this.#marks.get(mark.page)
      if (here) here.push(mark)
      else this.#marks.set(mark.page, [mark])
    }
    for (const page of this.#layers.keys()) this.#draw(page)
  }

  /** A page was drawn; what is returned takes its marks away. */
  add(layer: PageLayer): () => void {
    this.#layers.set(layer.page, { layer, shown: new Map() })
    this.#draw(layer.page)
    return () => this.#layers.delete(layer.page)
  }

  layer(page: number): PageLayer | undefined {
    return this.#layers.get(page)?.layer
  }

  on(page: number): readonly Mark[] {
    return this.#marks.get(page) ?? []
  }

  /** Fades what the eraser has touched and has not taken yet. */
  fade(page: number, ids: ReadonlySet<string>): void {
    for (const [id, { parts }] of this.#layers.get(page)?.shown ?? []) {
      for (const part of parts) part.classList.toggle('erasing', ids.has(id))
    }
  }

  /** Where a mark stands in the window; null while its page is not drawn. */
  boxOf({ id, page }: Pick<Mark, 'id' | 'page'>): DOMRect | null {
    return this.#layers.get(page)?.shown.get(id)?.parts[0]?.getBoundingClientRect() ?? null
  }

  /** Shows which one is meant, for a moment. */
  point({ id, page }: Pick<Mark, 'id' | 'page'>): void {
    for (const part of this.#layers.get(page)?.shown.get(id)?.parts ?? []) {
      part.classList.remove('pointed')
      // Read so that the animation begins again.
      void part.getBoundingClientRect()
      part.classList.add('pointed')
    }
  }

  #draw(page: number): void {
    const entry = this.#layers.get(page)
    if (!entry) return
    const { layer, shown } = entry
    const wanted = this.#marks.get(page) ?? []
    const ids = new Set(wanted.map(({ id }) => id))
    for (const [id, { parts }] of shown) {
      if (ids.has(id)) continue
      for (const part of parts) part.remove()
      shown.delete(id)
    }
    for (const mark of wanted) {
      const before = shown.get(mark.id)
      if (before && looksSame(before.mark.shape, mark.shape)) continue
      for (const part of before?.parts ?? []) part.remove()
      shown.set(mark.id, { mark, parts: this.#partsOf(layer, mark) })
    }
  }

  #partsOf(layer: PageLayer, { id, shape }: Mark): Element[] {
    if (shape.kind === 'ink') return [put(layer.marks, ink(shape))]
    if (shape.kind === 'highlight') return [put(layer.highlights, highlight(shape))]
    if (shape.kind === 'bookmark') return [put(layer.pins, ribbon(shape))]
    return [
      put(
        layer.pins,
        pin(layer, shape, this.words.note(shape.text), () => this.onopen(id)),
      ),
    ]
  }
}

/** Geometry never changes: what the tablet reads again, or the server sends back, is drawn already. */
function looksSame(a: Shape, b: Shape): boolean {
  if (a === b) return true
  if (a.kind !== b.kind || a.colour !== b.colour) return false
  if (a.kind !== 'note' || b.kind !== 'note') return true
  return a.text === b.text && a.x === b.x && a.y === b.y
}

function put<E extends Element>(parent: Element, child: E): E {
  parent.append(child)
  return child
}

function make<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Record<string, string>,
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}

export function ink({ colour, points, width }: Pick<Ink, 'colour' | 'points' | 'width'>) {
  return make('path', { class: `ink ${colour}`, d: outline(points, width) })
}

function highlight({ colour, quads }: Highlight): SVGGElement {
  const group = make('g', { class: `highlight ${colour}` })
  const sheet = ([ax, ay, bx, by, cx, cy, dx, dy]: Quad) =>
    `M${ax} ${ay}L${bx} ${by}L${dx} ${dy}L${cx} ${cy}Z`
  const line = ([ax, ay, bx, by]: Quad) => `M${ax} ${ay}L${bx} ${by}`
  group.append(
    make('path', { class: 'sheet', d: quads.map(sheet).join('') }),
    // Seen without colours too.
    make('path', { class: 'line', d: quads.map(line).join('') }),
  )
  return group
}

function pin(layer: PageLayer, note: Note, name: string, open: () => void): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = `pin ${note.colour}`
  // With the keyboard notes are reached in their list: a page must not grow stops of its own.
  button.tabIndex = -1
  button.setAttribute('aria-label', name)
  const icon = make('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' })
  icon.append(make('path', { d: paths.note }))
  button.append(icon)
  if (note.x === null || note.y === null) button.classList.add('whole')
  else {
    const [left, top] = layer.toPart(note.x, note.y)
    button.style.left = `${left * 100}%`
    button.style.top = `${top * 100}%`
  }
  button.addEventListener('click', open)
  return button
}

function ribbon({ colour }: Bookmark): HTMLElement {
  const made = document.createElement('span')
  made.className = `ribbon ${colour}`
  return made
}
