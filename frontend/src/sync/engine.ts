import { forgetShare } from '../local/camera'
import { changed, onChange } from '../local/changes'
import { wipeAuthority } from '../local/device'
import { needsShare, resealFiles } from '../local/files'
import { renewLease, termsOf } from '../local/lease'
import { makeStore, type Store } from '../local/store'
import type { State } from './core'
import { Downloads, isClosed, type Progress } from './downloads'
import { Hints } from './hints'
import { Loop } from './loop'
import { remote } from './remote'
import type { Standing } from './shared.svelte'
import { bringShare } from './slices'
import { tidy } from './tidy'
import { sayWiped } from './wiped'

interface Listeners {
  onstanding(authority: string, standing: Standing | undefined): void
  onprogress(progress: Progress): void
}

export interface Followed {
  id: string
  keeps: boolean
}

function ignoreClosed(error: unknown): void {
  if (!isClosed(error)) reportError(error)
}

/** Everything that pulls and downloads for one account, in the one tab that does so. */
export class Engine {
  #loops = new Map<string, Loop>()
  #settled = new Set<string>()
  #keeping = new Set<string>()
  #shown = true
  #stopped = false
  #following = Promise.resolve()
  #wakers = new Set<() => void>()
  #hinted = false
  readonly #hints: Hints
  readonly #downloads: Downloads
  readonly #stopListening: () => void

  constructor(
    private readonly account: string,
    private readonly listeners: Listeners,
  ) {
    this.#hints = new Hints(account, {
      onhint: ({ authority, seq }) => this.#onHint(authority, seq),
      onlistening: (hinted) => this.#onListening(hinted),
    })
    this.#downloads = new Downloads({
      remote,
      now: () => Date.now(),
      rest: (milliseconds) => this.#rest(milliseconds),
      onprogress: (progress) => listeners.onprogress(progress),
      ondisagreement: ({ authority }) => this.#loops.get(authority)?.tell({ type: 'nudged' }),
    })
    // A share came, maybe to a reader or another tab: what waited for it goes on, and what another
    // one had sealed is fetched again.
    this.#stopListening = onChange((topic) => {
      if (topic === 'lease') void this.#refresh()
    })
  }

  /** Follows these authorities from now on; those that left are asked once more, then wiped. */
  follow(followed: Followed[], shown: boolean): Promise<void> {
    this.#following = this.#following
      .then(() => this.#follow(followed, shown))
      .catch((error: unknown) => reportError(error))
    return this.#following
  }

  async #follow(followed: Followed[], shown: boolean): Promise<void> {
    this.#shown = shown
    this.#keeping = new Set(followed.filter(({ keeps }) => keeps).map(({ id }) => id))
    for (const { id } of followed) {
      if (this.#loops.has(id)) continue
      const store = await makeStore(this.account, id)
      if (this.#stopped) return
      const loop = new Loop(store, remote, {
        onstate: (state) => this.#onState(id, state),
        onsettle: (isNew) => void this.#onSettle(store, isNew),
        onwipe: () => void this.#onWipe(id),
        oncontact: (now) => void this.#onContact(store, now).catch(ignoreClosed),
      })
      this.#loops.set(id, loop)
      await loop.start(shown)
      loop.tell({ type: 'listening', hinted: this.#hinted })
    }
    this.#hints.show(this.#shown)
    await this.#refresh()
  }

  /** Somebody asked, or the network is back: everything that waits tries now. */
  nudge(): void {
    for (const loop of this.#loops.values()) loop.tell({ type: 'nudged' })
    this.#wake()
    void this.#refresh()
  }

  show(shown: boolean): void {
    if (shown === this.#shown) return
    this.#shown = shown
    for (const loop of this.#loops.values()) loop.tell({ type: 'shown', shown })
    this.#hints.show(shown)
    if (shown) this.#wake()
  }

  pause(paused: boolean): void {
    void this.#downloads.pause(paused)
  }

  /** Files were opened or erased by somebody: plans again. */
  refresh(): void {
    void this.#refresh()
  }

  stop(): void {
    this.#stopped = true
    this.#stopListening()
    for (const loop of this.#loops.values()) loop.stop()
    this.#hints.close()
    this.#downloads.stop()
    this.#wake()
  }

  #onHint(authority: string, seq: number): void {
    this.#loops.get(authority)?.tell({ type: 'hinted', seq })
    changed('hint')
  }

  #onListening(hinted: boolean): void {
    this.#hinted = hinted
    for (const loop of this.#loops.values()) loop.tell({ type: 'listening', hinted })
  }

  #onState(authority: string, { phase, trouble, pending, pushed }: State): void {
    const settled = this.#settled.has(authority)
    const standing = { phase, trouble, settled, pending, pushed: pushed.length }
    this.listeners.onstanding(authority, standing)
  }

  async #onSettle(store: Store, isNew: boolean): Promise<void> {
    this.#settled.add(store.authority)
    const opens = await this.#share(store).catch(ignoreClosed)
    if (isNew || opens) {
      await tidy(store)
      await resealFiles(store).catch(ignoreClosed)
      await this.#refresh()
    }
    await this.#unshare(store).catch(ignoreClosed)
  }

  /** Says whether the server's share came. Without a network it comes with what needs it first. */
  async #share(store: Store): Promise<boolean> {
    if (!(await needsShare(store))) return false
    return bringShare(store, remote).catch(() => false)
  }

  /** It leaves with the last piece in camera, once that piece is sealed without it. */
  async #unshare(store: Store): Promise<void> {
    if (!(await needsShare(store))) await forgetShare(store)
  }

  async #onContact(store: Store, now: string | undefined): Promise<void> {
    const told = now ? Date.parse(now) : undefined
    await renewLease(store, Date.now(), told, now ? await termsOf(store) : undefined)
  }

  async #onWipe(authority: string): Promise<void> {
    this.#loops.get(authority)?.stop()
    this.#loops.delete(authority)
    await this.#refresh()
    await wipeAuthority(this.account, authority)
    void sayWiped()
    this.listeners.onstanding(authority, undefined)
  }

  async #refresh(): Promise<void> {
    if (this.#stopped) return
    const kept = [...this.#loops.values()].filter(({ store }) => this.#keeping.has(store.authority))
    await this.#downloads.refresh(kept.map(({ store }) => store))
  }

  #rest(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#wakers.delete(done)
        resolve()
      }
      const timer = setTimeout(done, milliseconds)
      this.#wakers.add(done)
    })
  }

  #wake(): void {
    for (const done of [...this.#wakers]) done()
  }
}
