import { api, OURS, Refusal, refused, send, Unreachable } from '../api/api'
import type { Schemas } from '../api/types'
import type { Pending } from '../local/outbox'
import type { Trouble } from './core'
import type { Pulled } from './receive'

/** The server as the sync sees it. Every call rejects with `Refusal` or `Unreachable`. */
export interface Remote {
  pull(authority: string, cursor: string | null, holding: string[]): Promise<Pulled>
  /** Gives the mids that were answered to, whatever became of them. */
  push(authority: string, epoch: string, batch: Pending[]): Promise<string[]>
  /** The server's part of the keys of pieces in camera, for this device. */
  share(authority: string): Promise<Uint8Array<ArrayBuffer>>
  /** `changed` is false only when the head is certainly the one of `etag`. */
  peek(authority: string, etag: string | null): Promise<{ etag: string | null; changed: boolean }>
  /** Bytes `begin` (included) to `end` (excluded) of a file. */
  bytes(
    authority: string,
    sha256: string,
    begin: number,
    end: number,
  ): Promise<Uint8Array<ArrayBuffer>>
}

/** What the loop makes of an error; undefined when the membership is over for good. */
export function troubleOf(error: unknown): { trouble: Trouble; retryAfter?: number } | undefined {
  if (error instanceof Unreachable) return { trouble: 'unreachable' }
  if (!(error instanceof Refusal)) throw error
  const { status, code, retryAfter } = error
  if (code === 'revoked') return undefined
  if (status === 401) return { trouble: 'not_signed_in' }
  if (code === 'authority_suspended') return { trouble: 'suspended' }
  if (status === 426) return { trouble: 'too_old' }
  if (status !== 429 && status < 500) return { trouble: 'refused' }
  return { trouble: 'busy', ...(retryAfter && { retryAfter: retryAfter * 1000 }) }
}

/** The server has another number line than the one pushed to: pull first. */
export function isStale(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'epoch_changed'
}

/** It is what was sent that the server refuses: another part of it may pass. */
export function isBadBatch(error: unknown): boolean {
  return error instanceof Refusal && [400, 413, 422].includes(error.status)
}

/** The version of the wire this application speaks: a server that no longer does answers 426. */
const WIRE = 1

/** Two mebibytes on a poor telephone network take this long. */
const PATIENCE_MS = 120_000

async function pull(authority: string, cursor: string | null, holding: string[]): Promise<Pulled> {
  const body = { version: WIRE, cursor, holding }
  const answer = await api.post<Partial<Pulled>>(`/api/authorities/${authority}/sync/pull`, body)
  // Some captive portals speak JSON too.
  if (typeof answer?.cursor !== 'string' || !Array.isArray(answer.rows)) {
    throw new Unreachable('captive_portal')
  }
  return answer as Pulled
}

/**
 * Half of a surrogate pair (words cut in the middle of an emoji, the text of a broken PDF) cannot be
 * read as JSON by the server: it would refuse the whole push, and that change for ever.
 */
function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value
}

async function push(authority: string, epoch: string, batch: Pending[]): Promise<string[]> {
  const mutations: Schemas['Mutation'][] = batch.map(
    ({ mid, name, version, entity, base, at, body }) => {
      return { mid, name, version, entity, base, at, body }
    },
  )
  const init: RequestInit = {
    method: 'POST',
    headers: { Accept: 'application/json', 'Content-Type': 'application/json', ...OURS },
    body: JSON.stringify({ epoch, mutations } satisfies Schemas['PushRequest'], wellFormed),
    cache: 'no-store',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }
  const response = await send(`/api/authorities/${authority}/sync/push`, init)
  // A proxy that finds it too large says so in words of its own.
  if (response.status === 413) throw new Refusal('http_413', 413)
  await expect(response, /^application\/json\b/)
  const answer = (await response.json().catch(() => null)) as Partial<Schemas['Pushed']> | null
  if (!Array.isArray(answer?.outcomes)) throw new Unreachable('captive_portal')
  return answer.outcomes.map(({ mid }) => mid)
}

async function peek(authority: string, etag: string | null) {
  const headers: Record<string, string> = { Accept: 'application/json', ...OURS }
  if (etag) headers['If-None-Match'] = etag
  const init: RequestInit = { headers, cache: 'no-store', signal: AbortSignal.timeout(20_000) }
  const response = await send(`/api/authorities/${authority}/sync/head`, init)
  if (response.status === 304) return { etag, changed: false }
  await expect(response, /^application\/json\b/)
  return { etag: response.headers.get('ETag'), changed: true }
}

async function share(authority: string): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await api.post<Partial<Schemas['KeyShare']>>(
    `/api/authorities/${authority}/device/share`,
  )
  if (typeof answer?.share !== 'string') throw new Unreachable('captive_portal')
  const text = atob(answer.share.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

async function bytes(authority: string, sha256: string, begin: number, end: number) {
  const headers = { ...OURS, Range: `bytes=${begin}-${end - 1}` }
  // Papers are kept sealed by us, and nowhere in clear by the browser.
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const init: RequestInit = { headers, cache: 'no-store', signal }
  const response = await send(`/api/authorities/${authority}/files/${sha256}`, init)
  await expect(response)
  try {
    return new Uint8Array(await response.arrayBuffer())
  } catch {
    throw new Unreachable('network')
  }
}

/** Throws the refusal in a response that is not ok, or says that it is none of ours. */
async function expect(response: Response, type?: RegExp): Promise<void> {
  const given = response.headers.get('Content-Type') ?? ''
  if (response.ok && (!type || type.test(given))) return
  if (!/^application\/(problem\+)?json\b/.test(given)) {
    throw new Unreachable(response.status >= 500 ? 'network' : 'captive_portal')
  }
  throw refused(response, await response.json().catch(() => null))
}

export const remote: Remote = { pull, push, peek, share, bytes }
