import { onChange } from '../local/changes'
import { countPending, nextBatch } from '../local/outbox'
import { readHolding } from '../local/receipts'
import { applyPage, readMark } from '../local/rows'
import { type Mark, NO_MARK } from '../local/schema'
import type { Store } from '../local/store'
import { type Effect, type Event, LISTED, type State, start, step } from './core'
import { isClosed, isFull } from './downloads'
import { receive } from './receive'
import { isBadBatch, isStale, type Remote, troubleOf } from './remote'

interface Listeners {
  onstate(state: State): void
  /** The store equals the server's view; `changed` when it may not have a moment ago. */
  onsettle(changed: boolean): void
  onwipe(): void
  /** The server answered; `now` is its clock, where it said it. */
  oncontact?(now?: string): void
}

/** The shell around the core for one authority: its timers, requests and transactions. */
export class Loop {
  #state: State = start(NO_MARK)
  #timer: ReturnType<typeof setTimeout> | undefined
  #stopped = false
  #stopListening = () => {}
  /** Order of the last change that was told. */
  #last = 0
  // True at first: a kill may have come between the last page and what follows it.
  #changed = true

  constructor(
    readonly store: Store,
    private readonly remote: Remote,
    private readonly listeners: Listeners,
  ) {}

  async start(shown: boolean): Promise<void> {
    const { pending, last } = await countPending(this.store)
    this.#last = last
    this.#state = { ...start(await readMark(this.store), pending), shown }
    this.#stopListening = onChange((topic) => {
      if (topic === 'outbox') void this.#wrote()
    })
    this.tell({ type: 'nudged' })
  }

  stop(): void {
    this.#stopped = true
    this.#stopListening()
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
      case 'push':
        return this.#push(effect)
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

  /** Somebody wrote, in this tab or another: here, or in another authority. */
  async #wrote(): Promise<void> {
    try {
      const { pending, last } = await countPending(this.store)
      if (last <= this.#last) return
      this.#last = last
      this.tell({ type: 'wrote', pending })
    } catch (error) {
      if (!isClosed(error)) throw error
    }
  }

  async #pull({ turn, cursor }: Effect & { do: 'pull' }): Promise<void> {
    try {
      const listed = await readHolding(this.store, LISTED)
      const holding = [...listed.sent, ...listed.waiting]
      const answer = await this.remote.pull(this.store.authority, cursor, holding)
      this.tell({ type: 'pulled', turn, answer, listed })
    } catch (error) {
      this.#failed(turn, error)
    }
  }

  async #peek({ turn, etag }: Effect & { do: 'peek' }): Promise<void> {
    try {
      const seen = await this.remote.peek(this.store.authority, etag)
      this.listeners.oncontact?.()
      this.tell({ type: 'peeked', turn, ...seen })
    } catch (error) {
      this.#failed(turn, error)
    }
  }

  async #push({ turn, epoch, skip, most }: Effect & { do: 'push' }): Promise<void> {
    let mids: string[] = []
    try {
      const { batch, more } = await nextBatch(this.store, skip, most)
      if (batch.length === 0) return this.tell({ type: 'emptied', turn })
      mids = batch.map(({ mid }) => mid)
      const answered = await this.remote.push(this.store.authority, epoch, batch)
      this.tell({ type: 'pushed', turn, mids: answered.filter((mid) => mids.includes(mid)), more })
    } catch (error) {
      if (isStale(error)) this.tell({ type: 'stale', turn })
      else if (isBadBatch(error)) this.tell({ type: 'rejected', turn, mids })
      else this.#failed(turn, error)
    }
  }

  async #apply({ turn, answer, listed }: Effect & { do: 'apply' }): Promise<void> {
    try {
      const decide = (mark: Mark) => receive(mark, answer, listed)
      const applied = await applyPage(this.store, answer.rows, decide)
      this.#changed ||= answer.reset || answer.rows.length > 0
      if (applied.taken) this.listeners.oncontact?.(answer.now)
      this.tell({ type: 'applied', turn, ...applied, more: answer.more })
    } catch (error) {
      this.#failed(turn, error)
    }
  }

  #failed(turn: number, error: unknown): void {
    if (isClosed(error)) return
    if (error instanceof DOMException) {
      this.tell({ type: 'failed', turn, trouble: isFull(error) ? 'full' : 'disk' })
      return
    }
    const trouble = troubleOf(error)
    // What is here stays readable: the server knew the member, and answered.
    if (trouble?.trouble === 'suspended') this.listeners.oncontact?.()
    this.tell(trouble ? { type: 'failed', turn, ...trouble } : { type: 'revoked', turn })
  }
}
