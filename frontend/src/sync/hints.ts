/** Live hints (sync.md, section 8): the server says that something happened, and nothing more. */

export interface Hint {
  authority: string
  seq: number
}

interface Listeners {
  onhint(hint: Hint): void
  /** Hints come from now on, or no longer do. */
  onlistening(hinted: boolean): void
}

/** What this needs of an `EventSource`. */
export type Stream = Pick<EventSource, 'readyState' | 'close' | 'onopen' | 'onmessage' | 'onerror'>

const CLOSED = 2
/** After a refusal the browser does not try again by itself: losing hints is harmless. */
const AGAIN_MS = 60_000

function browserStream(account: string): Stream | null {
  if (typeof EventSource === 'undefined') return null
  return new EventSource(`/api/sync/hints?account=${encodeURIComponent(account)}`)
}

/** One stream for an account, open only while somebody may be looking. */
export class Hints {
  #stream: Stream | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #hinted = false

  constructor(
    private readonly account: string,
    private readonly listeners: Listeners,
    private readonly open: (account: string) => Stream | null = browserStream,
  ) {}

  show(shown: boolean): void {
    if (!shown) this.close()
    else if (!this.#stream && !this.#timer) this.#listen()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#stream?.close()
    this.#stream = null
    this.#say(false)
  }

  #listen(): void {
    this.#timer = undefined
    const stream = this.open(this.account)
    if (!stream) return
    this.#stream = stream
    stream.onopen = () => this.#say(true)
    stream.onmessage = ({ data }) => {
      const hint = read(data)
      if (hint) this.listeners.onhint(hint)
    }
    stream.onerror = () => {
      this.#say(false)
      if (stream.readyState !== CLOSED) return
      this.#stream = null
      this.#timer = setTimeout(() => this.#listen(), AGAIN_MS * (1 + Math.random()))
    }
  }

  #say(hinted: boolean): void {
    if (hinted === this.#hinted) return
    this.#hinted = hinted
    this.listeners.onlistening(hinted)
  }
}

function read(data: unknown): Hint | null {
  try {
    const { authority, seq } = JSON.parse(String(data)) as Partial<Hint>
    return typeof authority === 'string' && typeof seq === 'number' ? { authority, seq } : null
  } catch {
    return null
  }
}
