import { Drawn } from './drawn'
import { touched } from './hits'
import type { Colour, Made, Mark, Marking, NotePlace } from './marks'
import { move, type Step, snap, stretch, wordFrom } from './passages'
import { Pointing, reachOf, type Tool } from './pointing'
import type { PageLayer } from './reader'
import type { Reading } from './reading.svelte'
import { type Chosen, chosenIn, highlightOf, select, textOf } from './selecting'

export const INKS: readonly Colour[] = ['black', 'blue', 'red']
export const WIDTHS = { thin: 1.3, thick: 2.6 } as const
export const HIGHLIGHTERS: readonly Colour[] = ['yellow', 'green', 'blue', 'red']

/** What one took in hand stays in hand from one paper to the next. */
const kept: { ink: Colour; width: keyof typeof WIDTHS; highlighter: Colour } = $state({
  ink: 'blue',
  width: 'thin',
  highlighter: 'yellow',
})

export interface Words {
  pin(text: string): string
  /** Said when a deed shows in no other way to who does not see the pages. */
  highlighted(words: string): string
  nothing: string
}

/** The tool in hand, and what it does on the pages of one paper. */
export class Hands {
  tool = $state<Tool>('read')
  /** Some words of the pages are selected. */
  hasWords = $state(false)
  readonly style = kept
  readonly drawn: Drawn
  #layers = new Set<PageLayer>()
  /** Chosen by the keyboard, which can move and stretch it. */
  #chosen: Chosen | null = null

  constructor(
    private readonly host: Marking,
    private readonly reading: Reading,
    private readonly words: Words,
    private readonly tell: { say(words: string): void; notes(): void },
  ) {
    this.drawn = new Drawn({ note: words.pin }, (id) => this.open(id))
  }

  listen(ground: HTMLElement, signal: AbortSignal): void {
    const { host } = this
    const hands = this
    new Pointing(
      this.drawn,
      {
        get tool() {
          return hands.tool
        },
        get ink() {
          return { colour: kept.ink, width: WIDTHS[kept.width] }
        },
        get penKnown() {
          return host.penKnown
        },
        onpen: () => host.penKnown || host.onpen(),
        onmade: (made) => this.put(made),
        onerase: (ids) => this.remove(ids),
        ontap: (layer, x, y) => this.#tap(layer, x, y),
        onwords: () => this.highlight(),
      },
      ground,
      signal,
    )
    document.addEventListener('selectionchange', () => this.#selected(ground), { signal })
  }

  /** A page was drawn; what is returned is called when it leaves. */
  add(layer: PageLayer): () => void {
    this.#layers.add(layer)
    const clear = this.drawn.add(layer)
    return () => {
      this.#layers.delete(layer)
      if (this.#chosen?.layer === layer) this.#chosen = null
      clear()
    }
  }

  take(tool: Tool): void {
    this.tool = this.tool === tool ? 'read' : tool
    if (this.tool !== 'highlight') this.#chosen = null
  }

  put(made: Made[]): void {
    this.host.put(made)
    this.drawn.show(this.host.marks)
  }

  remove(ids: string[]): void {
    this.host.remove(ids)
    this.drawn.show(this.host.marks)
  }

  bookmarkOf(page: number): Mark | undefined {
    return this.host.marks.find((mark) => mark.page === page && mark.shape.kind === 'bookmark')
  }

  toggleBookmark(page: number): void {
    const mark = this.bookmarkOf(page)
    if (mark) this.remove([mark.id])
    else this.put([{ page, shape: { kind: 'bookmark', colour: 'red', label: '' } }])
  }

  notePage(page: number): void {
    this.#write({ page, x: null, y: null, quote: null })
  }

  open(id: string): void {
    this.host.open(id)
    this.tell.notes()
  }

  /** Highlights the words that are selected. */
  highlight(): void {
    const made = this.#selection().flatMap((one) => highlightOf(one, kept.highlighter) ?? [])
    if (made.length === 0) return
    getSelection()?.removeAllRanges()
    this.put(made)
    const [first] = made
    if (first?.shape.kind === 'highlight')
      this.tell.say(this.words.highlighted(first.shape.quote.exact))
  }

  /** Highlights a passage that a search found. */
  highlightRange(range: Range): void {
    getSelection()?.removeAllRanges()
    getSelection()?.addRange(range)
    this.highlight()
  }

  /** With the keyboard: the next or the last word, or more or less of the words that are chosen. */
  pick(way: 1 | -1, how: 'move' | Step): void {
    const now = this.#chosen ?? this.#selection()[0]
    const chosen = now ?? this.#firstWord()
    if (!chosen) {
      this.tell.say(this.words.nothing)
      return
    }
    const { layer, text, passage } = chosen
    const next = !now
      ? passage
      : how === 'move'
        ? move(text.raw, passage, way)
        : stretch(text.raw, passage, how, way)
    this.#chosen = { layer, text, passage: next }
    const box = select(this.#chosen)
    // The browser says so a little later; the next key may be quicker.
    this.hasWords = true
    if (box) this.reading.pages?.reveal(box)
    this.tell.say(text.raw.slice(next.begin, next.end))
  }

  /** Brings a mark before the eyes. */
  async show(mark: Pick<Mark, 'id' | 'page'>): Promise<void> {
    const { pages } = this.reading
    if (!pages) return
    let box = this.drawn.boxOf(mark)
    if (!box) {
      pages.goTo(mark.page)
      box = await pages.drawn(mark.page, () => this.drawn.boxOf(mark))
    }
    if (!box) return
    pages.reveal(box)
    this.drawn.point(mark)
  }

  #selection(): Chosen[] {
    const now = getSelection()
    if (!now || now.isCollapsed || now.rangeCount === 0) return []
    return chosenIn(now.getRangeAt(0), this.#layers)
  }

  #selected(ground: HTMLElement): void {
    const now = getSelection()
    const inside = now?.anchorNode ? ground.contains(now.anchorNode) : false
    this.hasWords = inside && !now?.isCollapsed
    if (!this.hasWords) this.#chosen = null
  }

  /** The first word that can be seen of the page being read. */
  #firstWord(): Chosen | null {
    const layer = this.drawn.layer(this.reading.page)
    const text = layer && textOf(layer)
    if (!layer || !text) return null
    const top = layer.element.closest('.scroller')?.getBoundingClientRect().top ?? 0
    const seen = text
      .pieces(0, text.raw.length)
      .find(({ node }) => (node.parentElement?.getBoundingClientRect().top ?? 0) >= top)
    const passage = wordFrom(text.raw, seen ? text.offsetOf(seen.node, 0) : 0)
    return passage && { layer, text, passage: snap(text.raw, passage) ?? passage }
  }

  #tap(layer: PageLayer, clientX: number, clientY: number): void {
    const [x, y] = layer.toPage(clientX, clientY)
    if (this.tool === 'note') {
      const at = { x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 }
      this.#write({ page: layer.page, ...at, quote: null })
      return
    }
    const reach = reachOf(layer, new MouseEvent('click', { clientX, clientY }))
    const [top] = touched(this.drawn.on(layer.page), [x, y], [x, y], reach)
    if (top) this.open(top.id)
  }

  #write(place: NotePlace): void {
    this.tool = 'read'
    this.host.write(place)
    this.tell.notes()
  }
}
