import type { PaperSource } from './reader'

/** Where bytes go once read: pdf.js's range transport, or a list in a test. */
export type Deliver = (begin: number, bytes: Uint8Array) => void

/**
 * Feeds ranges from a source. A read that fails stays asked: pdf.js keeps waiting for it, the
 * person is told, and `retry` asks again, so a page is late but never lost or blank.
 */
export class Ranges {
  #failed = new Map<number, number>()
  #closed = false

  constructor(
    private readonly source: PaperSource,
    private readonly deliver: Deliver,
    /** Told each failure, and null when nothing is missing any more. */
    private readonly onfault: (error: unknown) => void,
  ) {}

  async request(begin: number, end: number): Promise<void> {
    try {
      const bytes = await this.source.read(begin, end)
      if (this.#closed) return
      if (bytes.byteLength !== end - begin) {
        throw new RangeError(`asked for ${end - begin} bytes at ${begin}, got ${bytes.byteLength}`)
      }
      const wasLate = this.#failed.delete(begin)
      this.deliver(begin, bytes)
      if (wasLate && this.#failed.size === 0) this.onfault(null)
    } catch (error) {
      if (this.#closed) return
      this.#failed.set(begin, end)
      this.onfault(error)
    }
  }

  get waiting(): number {
    return this.#failed.size
  }

  /** Asks again for everything that failed. */
  async retry(): Promise<void> {
    await Promise.all([...this.#failed].map(([begin, end]) => this.request(begin, end)))
  }

  close(): void {
    this.#closed = true
    this.#failed.clear()
  }
}
