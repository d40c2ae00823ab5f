import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { wipeAccount } from './device'
import { forgetOpened, openJson } from './opened'
import { readPending, write } from './outbox'
import { applyPage, readRow, readRows } from './rows'
import { NO_MARK } from './schema'
import { newKey, sealJson } from './seal'
import { makeStore, type Store } from './store'

let store: Store
let made = 0

/** Boxes that were really opened since the last asking. */
function opened(): number {
  const { calls } = vi.mocked(crypto.subtle.decrypt).mock
  return calls.splice(0).length
}

const row = (id: string, title: string, seq = 1) => ({
  kind: 'agenda_item',
  id,
  seq,
  value: { id, sitting_id: 's1', title },
})

function bring(...rows: Parameters<typeof applyPage>[1]) {
  return applyPage(store, rows, () => ({ mark: NO_MARK, sweep: false }))
}

beforeEach(async () => {
  made += 1
  store = await makeStore(`account-${made}`, 'town')
  vi.spyOn(crypto.subtle, 'decrypt')
})
afterEach(() => vi.restoreAllMocks())

describe('what was opened', () => {
  it('is opened once, and only what changed again', async () => {
    await bring(row('i1', 'a'), row('i2', 'b'), row('i3', 'c'))
    const first = await readRows(store, 'agenda_item')
    expect(opened()).toBe(3)
    await bring(row('i2', 'b2', 2))
    const second = await readRows(store, 'agenda_item')
    expect(opened()).toBe(1)
    expect(second.map(({ title }) => title)).toEqual(['a', 'b2', 'c'])
    expect(second[0]).toBe(first[0])
  })

  it('is the change that waits, too', async () => {
    const note = (id: string) =>
      ({ name: 'edit_note', entity: id, body: { text: id } }) as Parameters<typeof write>[1][number]
    await write(store, [note('n1'), note('n2')])
    await readPending(store)
    await write(store, [note('n3')])
    opened()
    expect((await readPending(store)).map(({ entity }) => entity)).toEqual(['n1', 'n2', 'n3'])
    expect(opened()).toBe(1)
  })

  it('is never shown once it left', async () => {
    await bring(row('i1', 'a'), row('i2', 'b'))
    await readRows(store, 'agenda_item')
    await bring({ kind: 'agenda_item', id: 'i1', seq: 2, deleted: true })
    expect(await readRow(store, 'agenda_item', 'i1')).toBeUndefined()
    expect((await readRows(store, 'agenda_item')).map(({ id }) => id)).toEqual(['i2'])
  })

  it('gives way to other words under the same number, after a server was restored', async () => {
    await bring(row('i1', 'before', 7))
    await readRow(store, 'agenda_item', 'i1')
    await bring(row('i1', 'after', 7))
    expect(await readRow(store, 'agenda_item', 'i1')).toMatchObject({ title: 'after' })
  })
})

describe('what is held open', () => {
  it('ends with the wipe of its account', async () => {
    const box = await sealJson(store.key, 'here', 'word')
    const read = () => openJson(store.key, 'here', box)
    await read()
    await read()
    expect(opened()).toBe(1)
    await wipeAccount(store.account)
    await read()
    expect(opened()).toBe(1)
  })

  it('is not brought back by a reading that was under way', async () => {
    const box = await sealJson(store.key, 'late', 'word')
    const late = openJson(store.key, 'late', box)
    forgetOpened(store.key)
    await late
    await openJson(store.key, 'late', box)
    expect(opened()).toBe(2)
  })

  it('is never given to another key', async () => {
    const box = await sealJson(store.key, 'here', 'word')
    await openJson(store.key, 'here', box)
    await expect(openJson(await newKey(), 'here', box)).rejects.toThrow()
  })

  it('has an end: what was asked longest ago goes', async () => {
    const words = 'x'.repeat(1024 * 1024)
    const boxes = await Promise.all(
      Array.from({ length: 8 }, (_, n) => sealJson(store.key, `${n}`, words)),
    )
    const read = (n: number) => openJson(store.key, `${n}`, boxes[n] as (typeof boxes)[number])
    for (const n of boxes.keys()) await read(n)
    expect(opened()).toBe(8)
    await read(7)
    await read(1)
    expect(opened()).toBe(0)
    await read(0)
    expect(opened()).toBe(1)
  })
})
