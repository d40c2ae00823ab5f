import { type Draft, type Pending, write } from '../local/outbox'
import type { Store } from '../local/store'

/** A change on its way to the disk, shown already. */
export interface Fresh {
  change: Pending
  /** It is in the outbox: a reading that begins now will bring it. */
  isKept: boolean
}

interface Batch {
  fresh: Fresh[]
  /** Asked when its turn has come: a base, or the hash of a page, may still be on its way. */
  drafts: () => Promise<Draft[]>
  kept: (written: Pending[]) => void
}

/**
 * Writes changes down one batch after the other, each in one local transaction. What the disk
 * refuses stays on the screen and at the head of the queue: `retry`, or the next change, tries again.
 */
export class Saving {
  fresh = $state.raw<Fresh[]>([])
  /** The disk refuses. */
  trouble = $state.raw<unknown>(null)
  readonly #queue: Batch[] = []
  #running: Promise<void> | null = null

  constructor(private readonly store: Store) {}

  /** Shows `drafts` at once; `prepare` gives what is written. */
  add(
    drafts: Draft[],
    prepare: (drafts: Draft[]) => Promise<Draft[]> = async (same) => same,
    kept: (written: Pending[]) => void = () => {},
  ): void {
    const at = new Date().toISOString()
    const fresh = drafts.map((draft) => ({
      change: { ...draft, mid: '', version: 1, base: 0, at, order: Number.MAX_SAFE_INTEGER },
      isKept: false,
    })) as Fresh[]
    this.fresh = [...this.fresh, ...fresh]
    this.#queue.push({ fresh, drafts: () => prepare(drafts), kept })
    void this.retry()
  }

  /** Resolves when everything was tried. */
  retry(): Promise<void> {
    this.#running ??= this.#drain().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  /** A reading that began when these were kept has come: it shows them. */
  read(shown: ReadonlySet<Fresh>): void {
    this.fresh = this.fresh.filter((one) => !shown.has(one))
  }

  async #drain(): Promise<void> {
    for (let batch = this.#queue[0]; batch; batch = this.#queue[0]) {
      try {
        const written = await write(this.store, await batch.drafts())
        for (const one of batch.fresh) one.isKept = true
        this.trouble = null
        this.#queue.shift()
        batch.kept(written)
      } catch (error) {
        this.trouble = error
        return
      }
    }
  }
}
