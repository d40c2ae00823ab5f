import { Refusal, Unreachable } from '../api/api'
import { ShareMissing } from '../local/camera'
import { type Dossier, readDossier } from '../local/dossier'
import { eraseFiles, readFiles, sliceLength, type WantedFile } from '../local/files'
import type { Sitting } from '../local/kinds'
import { readNoted } from '../local/noted'
import { readRows } from '../local/rows'
import type { Store } from '../local/store'
import { isUrgent } from './paper'
import type { Remote } from './remote'
import { fetchSlice, type Lock } from './slices'
import { isKept, sacrifices, wantedFiles } from './wanted'

export interface Progress {
  /** Slices are travelling, or about to. */
  running: boolean
  /** Bytes a second, of late; 0 until known. */
  rate: number
  /** Why nothing travels though something is missing. */
  stopped: 'paused' | 'unreachable' | 'full' | null
}

interface Task {
  store: Store
  file: WantedFile
  n: number
}

interface Surroundings {
  remote: Remote
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after a while, or when `wake` is called. */
  rest(milliseconds: number): Promise<void>
  onprogress(progress: Progress): void
  /** The server no longer gives a file that a row names: the rows must be asked again. */
  ondisagreement(store: Store): void
  lock?: Lock | undefined
}

const AT_ONCE = 3
const LAST_RETRY = 60_000

export function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError'
}

/** The store was wiped or closed under us: whoever did it plans again. */
export function isClosed(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'InvalidStateError'
}

/** The tablet may no longer, or not yet, seal a piece in camera. */
function isRefused(error: unknown): boolean {
  if (error instanceof ShareMissing) return true
  return error instanceof Refusal && error.status < 500 && error.status !== 429
}

function ignoreClosed(error: unknown): void {
  if (!isClosed(error)) throw error
}

/** A piece that the server cannot give, or not whole, waits after the others instead of before. */
function behind(tasks: Task[], failed: Task): Task[] {
  const isSame = ({ file }: Task) => file.sha256 === failed.file.sha256
  return [...tasks.filter((one) => !isSame(one)), failed, ...tasks.filter(isSame)]
}

async function readDossiers(store: Store, chosen: (sitting: Sitting) => boolean) {
  const sittings = (await readRows(store, 'sitting')).filter(chosen)
  const dossiers = await Promise.all(sittings.map(({ id }) => readDossier(store, id)))
  return dossiers.filter((dossier): dossier is Dossier => dossier !== null)
}

/** Brings the papers of several authorities to the tablet, three slices at a time, for ever. */
export class Downloads {
  #stores: Store[] = []
  #tasks: Task[] = []
  #workers = 0
  #refused = new Set<string>()
  #failures = 0
  #over = false
  #paused = false
  #tight = false
  #rate = 0
  #since = 0
  #stopped: Progress['stopped'] = null
  #planning: Promise<void> = Promise.resolve()
  #queued: Promise<void> | undefined
  #making: Promise<boolean> | undefined

  constructor(private readonly around: Surroundings) {}

  /** Something changed: rows, what was opened, the room on the disk. Plans again, and goes on. */
  refresh(stores: Store[] = this.#stores): Promise<void> {
    this.#stores = stores
    this.#refused.clear()
    this.#queued ??= this.#planning.then(async () => {
      this.#queued = undefined
      await this.#plan().catch(ignoreClosed)
    })
    this.#planning = this.#queued
    return this.#queued
  }

  pause(paused: boolean): Promise<void> {
    this.#paused = paused
    return this.refresh()
  }

  /** For good: what travels ends, nothing new starts. */
  stop(): void {
    this.#over = true
    this.#stores = []
    this.#tasks = []
  }

  async #plan(): Promise<void> {
    const tasks: Task[] = []
    const isOpened = new Set<string>()
    const now = this.around.now()
    for (const store of this.#stores) {
      const keeping = readDossiers(store, (sitting) => isKept(sitting, now))
      const [dossiers, kept] = await Promise.all([keeping, readFiles(store)])
      const noted = await readNoted(store, dossiers)
      for (const file of wantedFiles(dossiers, kept, now, this.#tight, noted)) {
        if (this.#refused.has(file.sha256)) continue
        const held = kept.get(file.sha256)
        if (held?.opened) isOpened.add(file.sha256)
        const have = held?.have ?? []
        file.slices.forEach((_, n) => {
          if (!have[n]) tasks.push({ store, file, n })
        })
      }
    }
    // A pause holds what comes by itself, not what somebody has just opened.
    this.#tasks = this.#paused ? tasks.filter(({ file }) => isOpened.has(file.sha256)) : tasks
    this.#stopped = this.#paused && tasks.length > 0 ? 'paused' : null
    const most = this.#tight ? 1 : AT_ONCE
    while (this.#workers < most && this.#tasks.length > 0) void this.#work()
    this.#tell()
  }

  #tell(): void {
    const running = this.#workers > 0
    this.around.onprogress({ running, rate: this.#rate, stopped: this.#stopped })
  }

  async #work(): Promise<void> {
    this.#workers += 1
    if (this.#workers === 1) this.#since = this.around.now()
    try {
      for (let task = this.#next(); task; task = this.#next()) {
        // Somebody waits for a page: the network is theirs.
        while (isUrgent()) await this.around.rest(100)
        await this.#bring(task)
      }
    } finally {
      this.#workers -= 1
      this.#tell()
    }
  }

  /** On a tight disk one slice at a time, or a later sitting could take the room of the next. */
  #next(): Task | undefined {
    return this.#tight && this.#workers > 1 ? undefined : this.#tasks.shift()
  }

  async #bring(task: Task): Promise<void> {
    const { store, file, n } = task
    try {
      const travelled = await fetchSlice(store, this.around.remote, file, n, this.around.lock)
      this.#failures = 0
      if (this.#stopped === 'unreachable') this.#stopped = null
      this.#measure(travelled)
      this.#tell()
    } catch (error) {
      await this.#failed(task, error)
    }
  }

  /** An average that forgets: the last few slices weigh most. */
  #measure(bytes: number): void {
    const now = this.around.now()
    const seconds = Math.max(0.01, (now - this.#since) / 1000)
    this.#since = now
    if (bytes === 0) return
    const rate = bytes / seconds
    this.#rate = this.#rate === 0 ? rate : this.#rate * 0.8 + rate * 0.2
  }

  async #failed(task: Task, error: unknown): Promise<void> {
    if (this.#over || isClosed(error)) return
    if (isFull(error)) return this.#makeRoom()
    if (isRefused(error)) {
      this.#refused.add(task.file.sha256)
      this.#tasks = this.#tasks.filter(({ file }) => file.sha256 !== task.file.sha256)
      this.around.ondisagreement(task.store)
      return
    }
    this.#failures += 1
    if (this.#paused) return
    this.#stopped = 'unreachable'
    if (error instanceof Unreachable) this.#tasks.unshift(task)
    else this.#tasks = behind(this.#tasks, task)
    this.#tell()
    const retryAfter = error instanceof Refusal ? (error.retryAfter ?? 0) * 1000 : 0
    const most = Math.min(LAST_RETRY, 1000 * 2 ** Math.min(this.#failures, 6))
    await this.around.rest(Math.max(retryAfter, most))
  }

  /** Makes room and plans again, in order; when nothing may be erased, stops and says so. */
  async #makeRoom(): Promise<void> {
    this.#tight = true
    this.#tasks = []
    this.#making ??= this.#erase().finally(() => {
      this.#making = undefined
    })
    if (await this.#making) return this.refresh()
    this.#stopped = 'full'
    this.#tell()
  }

  /** Erases one batch of what may be lost; false when nothing is left to erase. */
  async #erase(): Promise<boolean> {
    for (const store of this.#stores) {
      const [dossiers, kept] = await Promise.all([
        readDossiers(store, () => true),
        readFiles(store),
      ])
      const noted = await readNoted(store, dossiers)
      for (const batch of sacrifices(dossiers, kept, this.around.now(), noted)) {
        if ((await eraseFiles(store, batch)) > 0) return true
      }
    }
    return false
  }

  /** Bytes still to come of what is planned. */
  get left(): number {
    return this.#tasks.reduce((sum, { file, n }) => sum + sliceLength(file, n), 0)
  }
}
