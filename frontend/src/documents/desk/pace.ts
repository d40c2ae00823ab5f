const WINDOW_MS = 10_000

/** How fast bytes have left lately, to say how long the rest takes. */
export class Pace {
  #samples: { at: number; total: number }[] = []

  /** `total`: every byte sent so far, in milliseconds `at`. */
  note(at: number, total: number): void {
    this.#samples.push({ at, total })
    while (this.#samples.length > 2 && at - (this.#samples[0]?.at ?? at) > WINDOW_MS) {
      this.#samples.shift()
    }
  }

  /** Seconds for `bytes` more; null until a second of sending has been seen. */
  secondsFor(bytes: number): number | null {
    const [first] = this.#samples
    const last = this.#samples.at(-1)
    if (!first || !last || last.at - first.at < 1_000 || last.total <= first.total) return null
    return bytes / ((last.total - first.total) / ((last.at - first.at) / 1_000))
  }

  rest(): void {
    this.#samples = []
  }
}
