import { openDB } from 'idb'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { onChange } from './changes'
import { parentOf } from './kinds'
import {
  type Draft,
  readingStateId,
  readPending,
  seqOf,
  uuid5,
  uuid7,
  voteIntentionId,
  write,
} from './outbox'
import { applyPage } from './rows'
import { databaseName, NO_MARK } from './schema'
import { makeStore, type Store } from './store'
import { readView, replay } from './view'

let made = 0

function blank(): Promise<Store> {
  made += 1
  return makeStore('writer', `authority-${made}`)
}

function edit(entity: string, text: string, base?: number | string): Draft {
  return { name: 'edit_note', entity, body: { text }, ...(base !== undefined && { base }) }
}

async function bring(store: Store, id: string, seq: number): Promise<void> {
  const rows = [{ kind: 'annotation', id, seq, value: { id, document_id: 'd' } }]
  await applyPage(store, rows, (mark) => ({ mark: { ...mark, scan: 1 }, sweep: false }))
}

afterEach(() => vi.restoreAllMocks())

describe('writing a change down', () => {
  it('keeps it, in order, with what it was made from', async () => {
    const store = await blank()
    await bring(store, 'n1', 41)
    const [first, second] = await write(store, [edit('n1', 'a'), edit('n1', 'b')])
    const [third] = await write(store, [edit('n1', 'c')])
    const [other] = await write(store, [edit('n2', 'd')])
    expect(await readPending(store)).toEqual([first, second, third, other])
    expect([first, second, third, other].map((one) => one?.base)).toEqual([
      41,
      first?.mid,
      second?.mid,
      0,
    ])
    expect(first).toMatchObject({ name: 'edit_note', version: 1, entity: 'n1', order: 1 })
    expect(first?.at).toMatch(/^\d{4}-\d\d-\d\dT/)
  })

  it('takes the base of a field that was filled before', async () => {
    const store = await blank()
    await bring(store, 'n1', 41)
    const seen = await seqOf(store, 'annotation', 'n1')
    await bring(store, 'n1', 57)
    const [typed] = await write(store, [edit('n1', 'typed over the old words', seen)])
    expect(typed?.base).toBe(41)
    expect(await seqOf(store, 'annotation', 'nowhere')).toBe(0)
  })

  it('keeps the order when two tabs write at once', async () => {
    const store = await blank()
    const { name } = store.db
    const tab = { ...store, db: await openDB(name) } as unknown as Store
    const both = await Promise.all(
      Array.from({ length: 20 }, (_, n) => write(n % 2 ? tab : store, [edit('n1', `${n}`)])),
    )
    const pending = await readPending(store)
    expect(pending.map(({ order }) => order)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
    expect(new Set(both.flat().map(({ mid }) => mid)).size).toBe(20)
    // One chain: each was made from the one before.
    expect(pending.slice(1).map(({ base }) => base)).toEqual(
      pending.slice(0, -1).map(({ mid }) => mid),
    )
    tab.db.close()
  })

  it('is all or nothing when the disk refuses, and tells nobody', async () => {
    const store = await blank()
    await write(store, [edit('n1', 'kept')])
    const told: string[] = []
    const stop = onChange((topic) => told.push(topic))
    const put = IDBObjectStore.prototype.put
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...args
    ) {
      if (this.name === 'meta') throw new DOMException('full', 'QuotaExceededError')
      return put.apply(this, args)
    })
    await expect(write(store, [edit('n2', 'a'), edit('n3', 'b')])).rejects.toThrow('full')
    vi.restoreAllMocks()
    expect(await readPending(store)).toMatchObject([{ entity: 'n1' }])
    expect(told).toEqual([])
    await write(store, [edit('n2', 'again')])
    expect(told).toEqual(['outbox'])
    stop()
  })

  it('leaves no word of it in the database, and asks that it be on the disk', async () => {
    const store = await blank()
    const begun = vi.spyOn(IDBDatabase.prototype, 'transaction')
    await write(store, [edit('n1', 'Canari')])
    expect(begun).toHaveBeenCalledWith(expect.anything(), 'readwrite', { durability: 'strict' })
    const text = JSON.stringify(await store.db.getAll('outbox'), (_, value) =>
      value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value,
    )
    expect(text).toContain('n1')
    expect(text).not.toMatch(/Canari|edit_note/)
  })

  it('works in a store that an older version of the application made', async () => {
    const name = databaseName('writer', 'older')
    const older = await openDB(name, 1, {
      upgrade(db) {
        db.createObjectStore('rows', { keyPath: ['kind', 'id'] })
        db.createObjectStore('meta')
        db.createObjectStore('outbox', { keyPath: 'mid' }).createIndex('order', 'order')
        db.createObjectStore('sent', { keyPath: 'mid' })
      },
    })
    await older.put('meta', { ...NO_MARK, cursor: 'kept' }, 'sync')
    older.close()
    const store = await makeStore('writer', 'older')
    await write(store, [edit('n1', 'a')])
    expect(await readPending(store)).toHaveLength(1)
    expect(await store.db.get('meta', 'sync')).toMatchObject({ cursor: 'kept' })
  })
})

describe('names made on the tablet', () => {
  it('sort by age and never meet', () => {
    const early = uuid7(Date.parse('2026-11-21T10:00:00Z'))
    const late = uuid7(Date.parse('2026-11-21T10:00:01Z'))
    expect(early < late).toBe(true)
    expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(new Set(Array.from({ length: 1000 }, () => uuid7(0))).size).toBe(1000)
  })

  it('are the same on two tablets for the same thing (RFC 9562, appendix A.4)', async () => {
    const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'
    expect(await uuid5(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
    expect(await voteIntentionId('m', 'i')).toBe(
      await uuid5('2f0c1d8a-5b7e-5c3e-9a41-7d3f6c1b0e01', 'm:i'),
    )
    expect(await readingStateId('m', 'd')).not.toBe(await voteIntentionId('m', 'd'))
  })
})

describe('the screen', () => {
  it('is rows with the changes that wait replayed on them', async () => {
    const store = await blank()
    await write(store, [
      edit('n1', 'one'),
      edit('n3', 'three'),
      { name: 'delete_annotation', entity: 'n2', body: {} },
      { name: 'answer_call', entity: 'x', body: { sitting_id: 's', answer: 'present' } },
    ])
    const rows = ['n1', 'n2'].map((id) => ({ id, text: '' }))
    const shown = replay(rows, await readPending(store), (row, change) => {
      if (change.name === 'edit_note') return { id: change.entity, text: change.body.text }
      return change.name === 'delete_annotation' ? null : row
    })
    expect(shown).toEqual([
      { id: 'n1', text: 'one' },
      { id: 'n3', text: 'three' },
    ])
    expect(rows).toHaveLength(2)
  })

  it('reads the outbox before the rows: a change acknowledged in between is not missed', async () => {
    const store = await blank()
    await write(store, [edit('n1', 'one')])
    const shown = await readView(
      store,
      async () => {
        await store.db.clear('outbox')
        return [{ id: 'n1', text: 'one' }]
      },
      (row, change) => (change.name === 'edit_note' ? { id: 'n1', text: change.body.text } : row),
    )
    expect(shown).toEqual([{ id: 'n1', text: 'one' }])
  })

  it('lists private rows under what they are about', () => {
    expect(parentOf('annotation', { document_id: 'd' })).toBe('d')
    expect(parentOf('vote_intention', { agenda_item_id: 'i' })).toBe('i')
    expect(parentOf('attendance_answer', { sitting_id: 's' })).toBe('s')
    expect(parentOf('parked_mutation', { id: 'p' })).toBe('')
  })
})
