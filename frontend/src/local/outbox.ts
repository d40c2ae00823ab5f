import type { Schemas } from '../api/types'
import { changed } from './changes'
import { uuid7 } from './ids'
import type { Kind } from './kinds'
import { openJson } from './opened'
import type { Mark, Mutation } from './schema'
import { sealJson } from './seal'
import type { Store } from './store'
import { whole } from './whole'

export { readingStateId, uuid5, uuid7, voteIntentionId } from './ids'

/** What each deed of the catalogue is given, in the words of the server's own document. */
export interface Body {
  put_annotation: Schemas['PutAnnotation']
  edit_note: Schemas['EditNote']
  style_annotation: Schemas['StyleAnnotation']
  delete_annotation: Schemas['DeleteAnnotation']
  prepare_vote: Schemas['PrepareVote']
  keep_reading: Schemas['KeepReading']
  answer_call: Schemas['AnswerCall']
  discard_parked: Schemas['DiscardParked']
}

/** What a change was made from: the number of a row as it was shown, or the mid of an own change. */
export type Base = number | string

/** A change to write down. */
export type Draft = {
  [N in keyof Body]: {
    name: N
    entity: string
    body: Body[N]
    /**
     * Only where words are typed for a while: what the words on the screen came from, that is the
     * number of the row when the field was filled (`seqOf`), then the `mid` of the last change this
     * field wrote. Otherwise a change that came from another tablet meanwhile, and that the field
     * never showed, would be taken for seen and written over. Left out: what is here now.
     */
    base?: Base
  }
}[keyof Body]

/** A change that is written down and waits for its acknowledgement. */
export type Pending = Draft & {
  mid: string
  version: number
  base: Base
  /** This tablet's clock (ISO 8601): a claim. */
  at: string
  /** Grows with every change written in this store. */
  order: number
}

/** The version of each body that this application writes. */
export const VERSIONS: Record<keyof Body, number> = {
  put_annotation: 1,
  edit_note: 1,
  style_annotation: 1,
  delete_annotation: 1,
  prepare_vote: 1,
  keep_reading: 1,
  answer_call: 1,
  discard_parked: 1,
}

/** The kind of row each deed changes. */
const KINDS: Record<keyof Body, Kind> = {
  put_annotation: 'annotation',
  edit_note: 'annotation',
  style_annotation: 'annotation',
  delete_annotation: 'annotation',
  prepare_vote: 'vote_intention',
  keep_reading: 'reading_state',
  answer_call: 'attendance_answer',
  discard_parked: 'parked_mutation',
}

const LAST = 'order'

/** What of a change is sealed. */
type Box = Pick<Pending, 'name' | 'version' | 'at' | 'body'>

function placeOf(mid: string): string {
  return `mutations/${mid}`
}

/**
 * Writes changes down in ONE strict transaction, all of them or none, and resolves when they are
 * kept: then screens and the sync are told. Rejects with what the browser says when the tablet is
 * full or refuses. Changes of one call follow one another, each made from the one before.
 */
export async function write(store: Store, drafts: Draft[]): Promise<Pending[]> {
  const at = new Date().toISOString()
  const made = drafts.map((draft) => ({ draft, mid: uuid7(), version: VERSIONS[draft.name] }))
  // Sealed before: a transaction closes by itself when anything but the database is awaited in it.
  const boxes = await Promise.all(
    made.map(({ draft: { name, body }, mid, version }) =>
      sealJson(store.key, placeOf(mid), { name, version, at, body } as Box),
    ),
  )
  const tx = store.db.transaction(['rows', 'meta', 'outbox'], 'readwrite', { durability: 'strict' })
  const meta = tx.objectStore('meta')
  const outbox = tx.objectStore('outbox')
  const written = await whole(tx, async () => {
    let order = ((await meta.get(LAST)) as number | undefined) ?? 0
    const { epoch } = ((await meta.get('sync')) as Mark | undefined) ?? {}
    const line = epoch ? { line: epoch } : {}
    const pending: Pending[] = []
    for (const [n, { draft, mid, version }] of made.entries()) {
      const { entity, name } = draft
      const own = await outbox.index('entity').getAll(entity)
      const last = own.reduce<Mutation | null>((a, b) => (a && a.order > b.order ? a : b), null)
      const seen = last?.mid ?? (await tx.objectStore('rows').get([KINDS[name], entity]))?.seq ?? 0
      const base = draft.base ?? seen
      order += 1
      await outbox.add({
        mid,
        order,
        entity,
        base,
        ...line,
        sealed: boxes[n] as Mutation['sealed'],
      })
      pending.push({ ...draft, mid, version, base, at, order })
    }
    await meta.put(order, LAST)
    return pending
  })
  changed('outbox')
  return written
}

/** Opens one change as it is stored. */
export async function openMutation(store: Store, kept: Mutation): Promise<Pending> {
  const { mid, entity, base, order } = kept
  const box = await openJson<Box>(store.key, placeOf(mid), kept.sealed)
  return { ...box, mid, entity, base, order } as Pending
}

/** What waits for its acknowledgement, in the order it was written. */
export async function readPending(store: Store): Promise<Pending[]> {
  const kept = await store.db.getAllFromIndex('outbox', 'order')
  return Promise.all(kept.map((one) => openMutation(store, one)))
}

/** Bytes of changes in one push: the rest of a mebibyte is for what is around their bodies. */
const ROOM = 900_000
/** About what the wire adds to the body of a change. */
const AROUND = 300

/**
 * The next changes to push, in order, without those of `skip`; at least one when there is any,
 * however large. `more`: others remain.
 */
export async function nextBatch(
  store: Store,
  skip: string[],
  most: number,
): Promise<{ batch: Pending[]; more: boolean }> {
  const tx = store.db.transaction('outbox')
  const known = new Set(skip)
  const mids = await tx.store.index('order').getAllKeys()
  const next = mids.filter((mid) => !known.has(mid))
  const taken: Mutation[] = []
  let room = ROOM
  for (const mid of next.slice(0, most)) {
    const kept = (await tx.store.get(mid)) as Mutation
    room -= kept.sealed.data.byteLength + AROUND
    if (room < 0 && taken.length > 0) break
    taken.push(kept)
  }
  const batch = await Promise.all(taken.map((kept) => openMutation(store, kept)))
  return { batch, more: batch.length < next.length }
}

/** Changes that wait, and the order of the last ever written. */
export async function countPending(store: Store): Promise<{ pending: number; last: number }> {
  const tx = store.db.transaction(['meta', 'outbox'])
  const last = ((await tx.objectStore('meta').get(LAST)) as number | undefined) ?? 0
  return { pending: await tx.objectStore('outbox').count(), last }
}

/** The number of a row as it is here, for the `base` of a field that is being filled; 0 without. */
export async function seqOf(store: Store, kind: Kind, id: string): Promise<number> {
  return (await store.db.get('rows', [kind, id]))?.seq ?? 0
}
