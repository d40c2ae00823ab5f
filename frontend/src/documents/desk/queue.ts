import type { DocumentKind } from './shapes'

/** What is to be sent: a new piece, or a new content of one (`replaces`). Sizes in bytes. */
export interface Deposit {
  /** Chosen here, so that a second try of the same file never makes a second piece. */
  id: string
  fileName: string
  size: number
  itemId: string | null
  kind: DocumentKind
  title: string
  replaces: string | null
  reason: string
}

export interface Refusal {
  code: string
  details: Readonly<Record<string, unknown>>
}

/** `lost`: the network was cut, the file is kept and goes again by itself at `retryAt`. */
export type UploadState = 'waiting' | 'sending' | 'lost' | 'refused'

export interface Upload extends Deposit {
  state: UploadState
  sent: number
  cuts: number
  retryAt: number
  refusal: Refusal | null
  allowsDuplicate: boolean
}

export type Queue = readonly Upload[]

export type QueueEvent =
  | { type: 'added'; deposits: readonly Deposit[] }
  | { type: 'started'; id: string }
  | { type: 'progressed'; id: string; sent: number }
  | { type: 'stored'; id: string }
  | { type: 'cut'; id: string; now: number }
  | { type: 'refused'; id: string; refusal: Refusal }
  | { type: 'retried'; id: string }
  | { type: 'insisted'; id: string }
  | { type: 'changed'; id: string; change: Partial<Pick<Deposit, 'itemId' | 'kind' | 'title'>> }
  | { type: 'cancelled'; id: string }
  | { type: 'reconnected' }

export const AT_ONCE = 2
const FIRST_PAUSE = 2_000
const LONGEST_PAUSE = 30_000

const FRESH = { sent: 0, cuts: 0, retryAt: 0, refusal: null, allowsDuplicate: false } as const

/** The queue after an event. Events about an upload that has left the queue change nothing. */
export function step(queue: Queue, event: QueueEvent): Queue {
  switch (event.type) {
    case 'added': {
      const known = new Set(queue.map((upload) => upload.id))
      const fresh = event.deposits.filter((deposit) => !known.has(deposit.id))
      return [...queue, ...fresh.map((one) => ({ ...one, ...FRESH, state: 'waiting' as const }))]
    }
    case 'stored':
    case 'cancelled':
      return queue.filter((upload) => upload.id !== event.id)
    case 'reconnected':
      return queue.map((upload) =>
        upload.state === 'lost' ? { ...upload, state: 'waiting', retryAt: 0 } : upload,
      )
    default:
      return queue.map((upload) => (upload.id === event.id ? after(upload, event) : upload))
  }
}

type OwnEvent = Exclude<
  QueueEvent,
  { type: 'added' } | { type: 'stored' } | { type: 'cancelled' } | { type: 'reconnected' }
>

function after(upload: Upload, event: OwnEvent): Upload {
  const { state } = upload
  switch (event.type) {
    case 'started':
      return state === 'waiting' || state === 'lost'
        ? { ...upload, state: 'sending', sent: 0, refusal: null }
        : upload
    case 'progressed':
      return state === 'sending' ? { ...upload, sent: Math.min(event.sent, upload.size) } : upload
    case 'cut': {
      if (state !== 'sending') return upload
      const cuts = upload.cuts + 1
      const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (cuts - 1))
      return { ...upload, state: 'lost', cuts, retryAt: event.now + pause }
    }
    case 'refused':
      return { ...upload, state: 'refused', refusal: event.refusal }
    case 'retried':
      return state === 'lost' || state === 'refused' ? waitingAgain(upload) : upload
    case 'insisted':
      return state === 'refused' ? { ...waitingAgain(upload), allowsDuplicate: true } : upload
    case 'changed':
      return state === 'sending' ? upload : { ...upload, ...event.change }
  }
}

function waitingAgain(upload: Upload): Upload {
  return { ...upload, state: 'waiting', sent: 0, cuts: 0, retryAt: 0, refusal: null }
}

/** The uploads to start now, in order, never more than two at a time on their way. */
export function due(queue: Queue, now: number): Upload[] {
  const free = AT_ONCE - queue.filter((upload) => upload.state === 'sending').length
  if (free <= 0) return []
  return queue
    .filter((one) => one.state === 'waiting' || (one.state === 'lost' && one.retryAt <= now))
    .slice(0, free)
}

/** When `due` is to be asked again without any event, in milliseconds of the clock; null: never. */
export function wakeAt(queue: Queue): number | null {
  const times = queue.filter((one) => one.state === 'lost').map((one) => one.retryAt)
  return times.length === 0 ? null : Math.min(...times)
}

export interface Remaining {
  /** Uploads on their way or waiting for it; the refused ones wait for the clerk instead. */
  count: number
  bytes: number
  sent: number
  refused: number
  isCut: boolean
}

export function remaining(queue: Queue): Remaining {
  const going = queue.filter((upload) => upload.state !== 'refused')
  return {
    count: going.length,
    bytes: going.reduce((sum, upload) => sum + upload.size, 0),
    sent: going.reduce((sum, upload) => sum + (upload.state === 'sending' ? upload.sent : 0), 0),
    refused: queue.length - going.length,
    isCut: going.some((upload) => upload.state === 'lost'),
  }
}

/** How far one upload is, in whole percent; an empty file is never half sent. */
export function percent(upload: Upload): number {
  return upload.size === 0 ? 0 : Math.floor((100 * upload.sent) / upload.size)
}
