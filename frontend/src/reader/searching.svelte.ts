import { excerpt, find, type Match, pattern } from './find'
import type { Paper } from './reader'
import type { Reading } from './reading.svelte'
import { gather, type Texts } from './text'

/** The search in one paper: its passages, and the one chosen. */
export class Searching {
  query = $state('')
  matches = $state.raw<Match[]>([])
  /** Rank of the chosen passage, from 0; -1 while none is. */
  chosen = $state(-1)
  /** Pages whose text was read, while it is being read; null when done. */
  reading = $state<number | null>(null)
  /** A scan: there are pages but no words. */
  isMute = $state(false)
  pagesFound = $derived(new Set(this.matches.map((match) => match.page)).size)

  #texts: Texts | null = null
  #gathering: Promise<void> | null = null
  readonly #off = new AbortController()

  constructor(
    private readonly paper: Paper,
    private readonly session: Reading,
  ) {}

  async look(query: string): Promise<void> {
    this.query = query
    this.#gathering ??= this.#gather()
    await this.#gathering
    if (query !== this.query || this.#off.signal.aborted) return
    this.matches = find(this.#texts?.folded ?? [], query)
    this.chosen = -1
    this.session.found.look(pattern(query))
    if (this.matches.length > 0) await this.choose(this.#nearest())
  }

  /** Brings a passage before the eyes. */
  async choose(rank: number): Promise<void> {
    const match = this.matches[rank]
    const { pages, found } = this.session
    if (!match || !pages) return
    this.chosen = rank
    let box = found.choose(match.page, match.nth)
    if (!box) {
      pages.goTo(match.page)
      box = await pages.drawn(match.page, () => found.choose(match.page, match.nth))
    }
    if (box && this.matches[this.chosen] === match) pages.reveal(box)
  }

  async step(direction: 1 | -1): Promise<void> {
    const { length } = this.matches
    if (length > 0) await this.choose((this.chosen + direction + length) % length)
  }

  excerptOf(match: Match): ReturnType<typeof excerpt> {
    return excerpt(this.#texts?.raw[match.page - 1] ?? '', match)
  }

  close(): void {
    this.#off.abort()
    this.session.found.look(null)
  }

  async #gather(): Promise<void> {
    const { document } = this.session
    if (!document) return
    this.reading = 0
    this.#texts = await gather(
      document,
      this.paper.texts,
      (done) => {
        this.reading = done
      },
      this.#off.signal,
    )
    this.reading = null
    this.isMute = this.#texts?.folded.every((page) => page.text.trim() === '') ?? false
  }

  #nearest(): number {
    const { page } = this.session
    return Math.max(
      0,
      this.matches.findIndex((match) => match.page >= page),
    )
  }
}
