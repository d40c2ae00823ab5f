import type { Position } from './state'

/** Milliseconds before a change of place travels while its reader stays in the piece. */
const PATIENCE = 30_000

/**
 * Sends places of one piece, never one a scroll: on leaving, on hiding the window, and 30 s after
 * the first page turned since the last sending.
 */
export class Keeper {
  #timer: ReturnType<typeof setTimeout> | undefined
  #waiting: Position | undefined
  #sent: Position | undefined

  constructor(private readonly send: (position: Position) => void) {}

  moved(position: Position): void {
    this.#waiting = position
    const isTurned = position.page !== this.#sent?.page || position.sha256 !== this.#sent?.sha256
    if (isTurned) this.#timer ??= setTimeout(() => this.flush(), PATIENCE)
  }

  /** Sends what waits, if anything does. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const waiting = this.#waiting
    this.#waiting = undefined
    if (!waiting) return
    this.#sent = waiting
    this.send(waiting)
  }
}
