import type { WireRow } from '../../local/kinds'
import { applyPage } from '../../local/rows'
import { NO_MARK } from '../../local/schema'
import { makeStore, type Store } from '../../local/store'
import { chance } from '../../local/testing/chance'
import type { Remote } from '../remote'
import type { Lock } from '../slices'
import { SLICE } from '../wanted'

/** A file with its hashes, as the server lists it. */
export interface Sample {
  sha256: string
  bytes: Uint8Array<ArrayBuffer>
  slices: string[]
}

async function hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')
}

export async function sample(seed: number, size: number): Promise<Sample> {
  const random = chance(seed)
  const bytes = new Uint8Array(size)
  for (let n = 0; n < size; n += 97) bytes[n] = random() * 256
  const slices: string[] = []
  for (let at = 0; at < size; at += SLICE) {
    slices.push(await hex(bytes.slice(at, Math.min(size, at + SLICE))))
  }
  return { sha256: await hex(bytes), bytes, slices }
}

/** Serves samples; `before` may wait, throw, or give other bytes. Every call is written down. */
export class Shelf implements Remote {
  readonly asked: string[] = []
  readonly #files = new Map<string, Sample>()
  before: (sha256: string, begin: number) => Promise<Uint8Array<ArrayBuffer> | undefined> =
    async () => undefined

  add(...files: Sample[]): this {
    for (const file of files) this.#files.set(file.sha256, file)
    return this
  }

  async bytes(_authority: string, sha256: string, begin: number, end: number) {
    this.asked.push(`${sha256.slice(0, 6)}@${begin / SLICE}`)
    const instead = await this.before(sha256, begin)
    return instead ?? (this.#files.get(sha256)?.bytes.slice(begin, end) as Uint8Array<ArrayBuffer>)
  }

  async share(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(32).fill(7)
  }

  pull(): never {
    throw new Error('no pull here')
  }

  push(): never {
    throw new Error('no push here')
  }

  peek(): never {
    throw new Error('no look here')
  }
}

/** What Web Locks do, within one process. */
export function locks(): Lock {
  const held = new Map<string, Promise<unknown>>()
  return (name, work) => {
    const before = held.get(name) ?? Promise.resolve()
    const mine = before.catch(() => {}).then(work)
    held.set(name, mine)
    return mine
  }
}

let made = 0

export async function blankStore(): Promise<Store> {
  made += 1
  return makeStore(`reader-${made}`, 'town')
}

interface Paper {
  document: string
  sample: Sample
  text?: Sample
  preview?: Sample
}

/** Rows of one convened sitting whose documents come in the order given. */
export function sittingRows(id: string, startsAt: string, papers: Paper[]): WireRow[] {
  const rows: WireRow[] = [
    {
      kind: 'sitting',
      id,
      seq: 1,
      value: { id, assembly_id: 'council', starts_at: startsAt, state: 'convened' },
    },
  ]
  papers.forEach(({ document, sample: { sha256, bytes, slices }, text, preview }, position) => {
    const ref = (file?: Sample) => file && { sha256: file.sha256, size: file.bytes.length }
    rows.push(
      {
        kind: 'document',
        id: document,
        seq: 1,
        value: {
          id: document,
          sitting_id: id,
          agenda_item_id: null,
          position,
          version_id: `${document}-v1`,
          withdrawn_at: null,
        },
      },
      {
        kind: 'document_version',
        id: `${document}-v1`,
        seq: 1,
        value: {
          id: `${document}-v1`,
          document_id: document,
          number: 1,
          state: 'ready',
          sha256,
          size: bytes.length,
          slices,
          text: ref(text) ?? null,
          preview: ref(preview) ?? null,
        },
      },
    )
  })
  return rows
}

/** The same, each document of them a piece of item `i1`. */
export function underItem(rows: WireRow[], in_camera: boolean): WireRow[] {
  const moved = rows.map((row) =>
    row.kind === 'document'
      ? { ...row, value: { ...(row.value as object), agenda_item_id: 'i1' } }
      : row,
  )
  const sitting_id = rows.find(({ kind }) => kind === 'sitting')?.id
  const value = { id: 'i1', sitting_id, parent_id: null, position: 0, in_camera }
  return [...moved, { kind: 'agenda_item', id: 'i1', seq: 1, value }]
}

export async function fill(store: Store, rows: WireRow[], scan = 1): Promise<void> {
  const mark = { ...NO_MARK, scan, cursor: 'c', epoch: 'e' }
  await applyPage(store, rows, () => ({ mark, sweep: true }))
}
