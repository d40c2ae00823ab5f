import { onGoodbye } from '../../accounts/account.svelte'
import { Refusal, Unreachable } from '../../api/api'
import { newId } from './ids'
import { Pace } from './pace'
import { type PlaceableItem, placeByName } from './placing'
import {
  type Deposit,
  due,
  type Queue,
  type QueueEvent,
  remaining,
  step,
  type Upload,
  wakeAt,
} from './queue'
import { faultOf, sendFile } from './send'
import type { DeskDocument } from './shapes'
import { cleanTitle } from './titles'

interface Dropped {
  /** How many files went to an item or to the whole sitting by their names, and how many did not say. */
  placed: number
  unplaced: number
}

const open = new Map<string, Uploads>()

/** The uploads of a sitting. They go on when the clerk looks at another screen. */
export function uploadsOf(authority: string, sitting: string): Uploads {
  const known = open.get(sitting) ?? new Uploads(authority, sitting)
  open.set(sitting, known)
  return known
}

export class Uploads {
  queue: Queue = $state.raw([])
  secondsLeft: number | null = $state(null)
  /** Called with each piece that has reached the server. */
  onstored: (piece: DeskDocument) => void = () => {}

  readonly #files = new Map<string, File>()
  readonly #requests = new Map<string, AbortController>()
  readonly #pace = new Pace()
  #sent = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    readonly authority: string,
    readonly sitting: string,
  ) {}

  /** Files of a drop: on an item when `itemId` is given, else each where its name says. */
  add(
    files: readonly File[],
    agenda: readonly PlaceableItem[],
    nameOf: (kind: Deposit['kind']) => string,
    itemId?: string | null,
  ): Dropped {
    let unplaced = 0
    const deposits = files.map((file) => {
      const place = placeByName(file.name, agenda)
      if (itemId === undefined && !place.isPlaced) unplaced += 1
      const chosen = itemId === undefined ? place.itemId : itemId
      const title = (cleanTitle(place.rest) || nameOf(place.kind)).slice(0, 300)
      return this.#deposit(file, { itemId: chosen, kind: place.kind, title })
    })
    this.#say({ type: 'added', deposits })
    return { placed: files.length - unplaced, unplaced }
  }

  /** A new content for a piece. */
  replace(file: File, piece: DeskDocument, reason: string): void {
    const { id, kind, title, agenda_item_id: itemId } = piece.document
    this.#say({
      type: 'added',
      deposits: [this.#deposit(file, { itemId, kind, title, replaces: id, reason })],
    })
  }

  /** Another file in the place of one that could not be sent. */
  again(upload: Upload, file: File): void {
    const { itemId, kind, title } = upload
    this.#say({ type: 'added', deposits: [this.#deposit(file, { itemId, kind, title })] })
  }

  cancel(id: string): void {
    this.#requests.get(id)?.abort()
    this.#forget(id)
    this.#say({ type: 'cancelled', id })
  }

  retry = (id: string): void => this.#say({ type: 'retried', id })
  insist = (id: string): void => this.#say({ type: 'insisted', id })
  change = (id: string, change: Partial<Pick<Upload, 'itemId' | 'kind' | 'title'>>): void =>
    this.#say({ type: 'changed', id, change })

  /** The network is back, or may be: what was cut goes again now. */
  reconnect = (): void => {
    if (remaining(this.queue).isCut) this.#say({ type: 'reconnected' })
  }

  clear(): void {
    for (const upload of this.queue) this.cancel(upload.id)
  }

  #deposit(
    file: File,
    about: Pick<Deposit, 'itemId' | 'kind' | 'title'> & Partial<Deposit>,
  ): Deposit {
    const id = newId()
    this.#files.set(id, file)
    return { replaces: null, reason: '', ...about, id, fileName: file.name, size: file.size }
  }

  #say(event: QueueEvent): void {
    this.queue = step(this.queue, event)
    const now = Date.now()
    for (const upload of due(this.queue, now)) void this.#send(upload)
    const { count, bytes, sent } = remaining(this.queue)
    if (count === 0) this.#pace.rest()
    this.secondsLeft = this.#pace.secondsFor(bytes - sent)
    clearTimeout(this.#timer)
    const wake = wakeAt(this.queue)
    if (wake !== null) this.#timer = setTimeout(() => this.#wake(), Math.max(0, wake - now) + 10)
  }

  #wake(): void {
    for (const upload of due(this.queue, Date.now())) void this.#send(upload)
  }

  async #send(upload: Upload): Promise<void> {
    const { id } = upload
    const file = this.#files.get(id)
    if (!file || this.#requests.has(id)) return
    const request = new AbortController()
    this.#requests.set(id, request)
    this.queue = step(this.queue, { type: 'started', id })
    try {
      const fault = await faultOf(file)
      if (fault) throw new Refusal(fault, 422)
      const piece = await sendFile(this.#address(upload), file, request.signal, (sent) =>
        this.#progress(id, sent),
      )
      this.#forget(id)
      this.#say({ type: 'stored', id })
      this.onstored(piece)
    } catch (error) {
      this.#requests.delete(id)
      this.#fail(id, error)
    }
  }

  #progress(id: string, sent: number): void {
    const before = this.queue.find((upload) => upload.id === id)?.sent ?? 0
    this.#sent += Math.max(0, sent - before)
    this.#pace.note(Date.now(), this.#sent)
    this.#say({ type: 'progressed', id, sent })
  }

  #fail(id: string, error: unknown): void {
    if (error instanceof Unreachable) this.#say({ type: 'cut', id, now: Date.now() })
    else if (error instanceof Refusal) this.#say(this.#refused(id, error))
    else if ((error as Error).name !== 'AbortError') throw error
  }

  #refused(id: string, { code, details }: Refusal): QueueEvent {
    const upload = this.queue.find((one) => one.id === id)
    if (code !== 'duplicate_document' || !upload?.replaces) {
      return { type: 'refused', id, refusal: { code, details } }
    }
    // After a cut, the same bytes mean that the first try had arrived: only its answer was lost.
    if (upload.cuts > 0) return { type: 'stored', id }
    return { type: 'refused', id, refusal: { code: 'same_version', details } }
  }

  #address(upload: Upload): string {
    const base = `/api/authorities/${this.authority}`
    const query = new URLSearchParams({ file_name: upload.fileName.normalize('NFC') })
    if (upload.replaces) {
      if (upload.reason) query.set('reason', upload.reason)
      return `${base}/documents/${upload.replaces}/versions?${query}`
    }
    query.set('id', upload.id)
    query.set('title', upload.title)
    query.set('kind', upload.kind)
    if (upload.itemId) query.set('agenda_item_id', upload.itemId)
    if (upload.allowsDuplicate) query.set('allow_duplicate', 'true')
    return `${base}/sittings/${this.sitting}/documents?${query}`
  }

  #forget(id: string): void {
    this.#files.delete(id)
    this.#requests.delete(id)
  }
}

// Only a closed window can lose a file that has not left.
addEventListener('beforeunload', (event) => {
  const isBusy = [...open.values()].some((uploads) => remaining(uploads.queue).count > 0)
  if (isBusy) event.preventDefault()
})
addEventListener('online', () => {
  for (const uploads of open.values()) uploads.reconnect()
})
onGoodbye(() => {
  for (const uploads of open.values()) uploads.clear()
  open.clear()
})
