import { applyPage, readMark } from '../local/rows'
import { NO_MARK } from '../local/schema'
import type { Store } from '../local/store'
import { type Effect, type Event, receive, type State, start, step } from './core'
import { isClosed, isFull } from './downloads'
import { type Remote, troubleOf } from './remote'

interface Listeners {
  onstate(state: State): void
  /** The store equals the server's view; `changed` when it may not have a moment ago. */
  onsettle(changed: boolean): void
  onwipe(): void
}

/** The shell around the core for one authority: its timers, requests and transactions. */
export class Loop {
  #state: State = start(NO_MARK)
  #timer: ReturnType<typeof setTimeout> | undefined
  #stopped = false
  // True at first: a kill may have come between the last page and what follows it.
  #changed = true

  constructor(
    readonly store: Store,
    private readonly remote: Remote,
    private readonly listeners: Listeners,
  ) {}

  async start(shown: boolean): Promise<void> {
    this.#state = { ...start(await readMark(this.store)), shown }
    this.tell({ type: 'nudged' })
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  tell(event: Event): void {
    if (this.#stopped) return
    const [state, effects] = step(this.#state, event)
    this.#state = state
    for (const effect of effects) void this.#carryOut(effect)
    this.listeners.onstate(state)
  }

  async #carryOut(effect: Effect): Promise<void> {
    switch (effect.do) {
      case 'ring':
        return this.#ring(effect)
      case 'pull':
        return this.#pull(effect)
      case 'peek':
        return this.#peek(effect)
      case 'apply':
        return this.#apply(effect)
      case 'settle':
        this.listeners.onsettle(this.#changed)
        this.#changed = false
        return
      case 'wipe':
        return this.listeners.onwipe()
    }
  }

  #ring({ turn, between: [least, most] }: Effect & { do: 'ring' }): void {
    clearTimeout(this.#timer)
    const delay = least + Math.random() * (most - least)
    this.#timer = setTimeout(() => this.tell({ type: 'rang', turn }), delay)
  }

  async #pull({ turn, cursor, holding }: Effect & { do: 'pull' }): Promise<void> {
    try {
      const answer = await this.remote.pull(this.store.authority, cursor, holding)
      this.tell({ type: 'pulled', turn, answer })
    } catch (error) {
      this.#failed(turn, error)
    }
  }

  async #peek({ turn, etag }: Effect & { do: 'peek' }): Promise<void> {
    try {
      this.tell({
        type: 'peeked',
        turn,
        ...(await this.remote.peek(this.store.authority, etag)),
      })
    } catch (error) {
      this.#failed(turn, error)
    }
  }

  async #apply({ turn, answer }: Effect & { do: 'apply' }): Promise<void> {
    try {
      const applied = await applyPage(this.store, answer.rows, (mark) => receive(mark, answer))
      this.#changed ||= answer.reset || answer.rows.length > 0
      this.tell({ type: 'applied', turn, ...applied, more: answer.more })
    } catch (error) {
      if (isClosed(error)) return
      if (!(error instanceof DOMException)) throw error
      this.tell({ type: 'failed', turn, trouble: isFull(error) ? 'full' : 'disk' })
    }
  }

  #failed(turn: number, error: unknown): void {
    const trouble = troubleOf(error)
    this.tell(trouble ? { type: 'failed', turn, ...trouble } : { type: 'revoked', turn })
  }
}
