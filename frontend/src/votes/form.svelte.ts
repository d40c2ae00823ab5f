import type { Base } from '../local/outbox'
import { BLANK, isSame, type Preparation, preparationOf } from './preparation'

/** Milliseconds after the last key before words are written down. */
const REST = 800

/** Writes a preparation made from `base` down and gives the name of that change. */
export type Save = (preparation: Preparation, base: Base, settles: boolean) => Promise<string>

/**
 * The fields of one preparation while they are edited. What arrives from another tablet shows
 * between two changes, never under the hands of who writes: such a change then keeps the base of
 * the words it was made from, and the server sees that two tablets disagree.
 */
export class VoteForm {
  readonly fields: Preparation = $state({ ...BLANK })
  /** Words on the screen that are not written down yet. */
  isDirty = $state(false)
  /** The tablet refused to write: it is full, or its memory is gone. */
  isRefused = $state(false)
  #base: Base = 0
  #kept: Preparation = BLANK
  #timer: ReturnType<typeof setTimeout> | undefined
  #saving: Promise<void> = Promise.resolve()
  #settles = false

  constructor(private readonly save: Save) {}

  /** Shows what is kept, unless something is being written here. */
  fill(kept: Preparation, base: Base): void {
    if (this.isDirty) return
    this.#base = base
    this.#kept = preparationOf(kept)
    if (!isSame(this.fields, kept)) Object.assign(this.fields, this.#kept)
  }

  /** A key was pressed in one of the texts. */
  typed(): void {
    this.isDirty = true
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush(), REST)
  }

  /** One of the choices was made: it is written down at once. */
  chosen(part: Partial<Preparation>): Promise<void> {
    Object.assign(this.fields, part)
    this.isDirty = true
    return this.flush()
  }

  /** Of two answers its author saw, this one stays. */
  settle(chosen: Preparation): Promise<void> {
    this.#settles = true
    return this.chosen(preparationOf(chosen))
  }

  /** Writes what is not written yet, one change after the other. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#saving = this.#saving.then(() => this.#write())
    return this.#saving
  }

  async #write(): Promise<void> {
    if (!this.isDirty) return
    const now = preparationOf(this.fields)
    if (this.#settles || !isSame(now, this.#kept)) {
      try {
        this.#base = await this.save(now, this.#base, this.#settles)
        this.#kept = now
        this.#settles = false
        this.isRefused = false
      } catch (error) {
        this.isRefused = true
        console.error(error)
        return
      }
    }
    // More may have been typed while it was being written.
    this.isDirty = !isSame(this.fields, now)
    if (this.isDirty) this.typed()
  }
}
