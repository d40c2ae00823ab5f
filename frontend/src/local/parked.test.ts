import { describe, expect, it } from 'vitest'
import type { ParkedMutation } from './kinds'
import { readPending, write } from './outbox'
import { canRetry, discardParked, readParked, retryParked } from './parked'
import { applyPage } from './rows'
import { makeStore, type Store } from './store'

const parked = (id: string, change: Partial<ParkedMutation> = {}): ParkedMutation => ({
  id,
  name: 'edit_note',
  version: 1,
  entity: 'n1',
  code: 'unknown_entity',
  at: '2026-11-21T10:00:00Z',
  received_at: '2026-11-21T10:00:05Z',
  body: { text: 'mes mots' },
  ...change,
})

let made = 0

async function holding(...all: ParkedMutation[]): Promise<Store> {
  made += 1
  const store = await makeStore('author', `authority-${made}`)
  const rows = all.map((value) => ({ kind: 'parked_mutation', id: value.id, seq: 3, value }))
  const note = { kind: 'annotation', id: 'n1', seq: 9, value: { id: 'n1', document_id: 'd' } }
  await applyPage(store, [...rows, note], (mark) => ({ mark: { ...mark, scan: 1 }, sweep: false }))
  return store
}

describe('what could not be applied', () => {
  it('is listed, the last first, with changes of one thing together', async () => {
    const old = parked('a', { received_at: '2026-11-20T10:00:00Z' })
    const [one, two] = [parked('b', { entity: 'n2' }), parked('c', { entity: 'n2' })]
    const store = await holding(two, old, one)
    expect(await readParked(store)).toEqual([[one, two], [old]])
    expect(await readParked(await holding())).toEqual([])
  })

  it('is tried again, in order, from what is here now, and leaves the list, in one go', async () => {
    const [one, two] = [parked('a'), parked('b', { body: { text: 'mes derniers mots' } })]
    const store = await holding(two, one)
    await retryParked(store, [one, two])
    const pending = await readPending(store)
    expect(pending).toMatchObject([
      { name: 'edit_note', entity: 'n1', base: 9, body: { text: 'mes mots' } },
      { name: 'edit_note', entity: 'n1', body: { text: 'mes derniers mots' } },
      { name: 'discard_parked', entity: 'a', base: 3 },
      { name: 'discard_parked', entity: 'b', base: 3 },
    ])
    expect(pending[1]?.base).toBe(pending[0]?.mid)
    expect(await readParked(store)).toEqual([])
  })

  it('follows what was written since', async () => {
    const one = parked('a')
    const store = await holding(one)
    const [edit] = await write(store, [{ name: 'edit_note', entity: 'n1', body: { text: 'b' } }])
    await retryParked(store, [one])
    expect((await readPending(store))[1]?.base).toBe(edit?.mid)
  })

  it('leaves when its author no longer wants it', async () => {
    const one = parked('a')
    const store = await holding(one)
    await discardParked(store, [one])
    expect(await readParked(store)).toEqual([])
    expect(await readPending(store)).toMatchObject([{ name: 'discard_parked', entity: 'a' }])
  })

  it('is only tried again by a version that knows what it is', () => {
    expect(canRetry([parked('a')])).toBe(true)
    expect(canRetry([parked('a'), parked('b', { version: 2 })])).toBe(false)
    expect(canRetry([parked('a', { name: 'from_the_future' })])).toBe(false)
    expect(canRetry([parked('a', { name: 'discard_parked' })])).toBe(false)
  })
})
