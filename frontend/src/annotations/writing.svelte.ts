import type { Annotation } from '../local/kinds'

/** Words are saved when the hand has rested this long. */
const REST = 800

export interface Change {
  /** What is kept before this, to be given back by an undo. */
  text: string
}

/** The words of one annotation while somebody types them: a note's text, or another mark's label. */
export class Writing {
  text = $state('')
  /** What was last handed over to be kept; null when nothing of a new note was. */
  #kept: string | null
  readonly before: string | null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    /** As it was when the field was filled, or as the new note will be. */
    readonly annotation: Annotation,
    readonly isNew: boolean,
    private readonly keep: (text: string, isFirst: boolean) => void,
  ) {
    const { mark } = annotation
    this.text = mark.kind === 'note' ? mark.text : mark.label
    this.before = isNew ? null : this.text
    this.#kept = this.before
  }

  get isKept(): boolean {
    return this.#kept !== null
  }

  type(text: string): void {
    this.text = text
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.flush(), REST)
  }

  /** Hands over what is typed, now: a new note without a word is nothing yet. */
  flush(): void {
    clearTimeout(this.#timer)
    if (this.text === (this.#kept ?? '')) return
    const isFirst = this.#kept === null
    this.#kept = this.text
    this.keep(this.text, isFirst)
  }
}
