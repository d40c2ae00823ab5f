import { afterEach, describe, expect, it, vi } from 'vitest'
import { heldAuthorities, keyOf, recall, remember, wipeAccount, wipeAuthority } from './device'
import type { WireRow } from './kinds'
import { applyPage, countUnder, readMark, readRow, readRows, readUnder } from './rows'
import { type Mark, NO_MARK } from './schema'
import { sealJson, unsealJson } from './seal'
import { makeStore, NotHeld, openStore } from './store'

const ACCOUNT = 'account-1'
let made = 0

/** A store of its own for each test. */
function blank() {
  made += 1
  return makeStore(ACCOUNT, `authority-${made}`)
}

function mark(scan: number, cursor: string): Mark {
  return { ...NO_MARK, scan, cursor, epoch: 'e' }
}

function item(id: string, sitting: string, title: string): WireRow {
  return { kind: 'agenda_item', id, seq: 1, value: { id, sitting_id: sitting, title } }
}

afterEach(() => vi.restoreAllMocks())

describe('a page of a pull', () => {
  it('brings rows that can be read back, listed under their sitting', async () => {
    const store = await blank()
    const rows = [item('i1', 's1', 'Budget'), item('i2', 's1', 'Voirie'), item('i3', 's2', 'École')]
    const result = await applyPage(store, rows, () => ({ mark: mark(1, 'c1'), sweep: true }))
    expect(result).toMatchObject({ taken: true, mark: mark(1, 'c1'), rows: 3 })
    expect(await readMark(store)).toEqual(mark(1, 'c1'))
    expect((await readUnder(store, 'agenda_item', 's1')).map(({ id }) => id)).toEqual(['i1', 'i2'])
    expect(await countUnder(store, 'agenda_item', 's2')).toBe(1)
    expect(await readRow(store, 'agenda_item', 'i3')).toMatchObject({ title: 'École' })
    expect(await readRow(store, 'sitting', 'i3')).toBeUndefined()
  })

  it('takes away what a tombstone names and sweeps what an older scan left', async () => {
    const store = await blank()
    const first = [item('i1', 's1', 'a'), item('i2', 's1', 'b'), item('i3', 's1', 'c')]
    await applyPage(store, first, () => ({ mark: mark(1, 'c1'), sweep: true }))
    const second: WireRow[] = [
      item('i1', 's1', 'a2'),
      { kind: 'agenda_item', id: 'i2', seq: 5, deleted: true },
    ]
    await applyPage(store, second, () => ({ mark: mark(2, 'c2'), sweep: false }))
    expect(await readRows(store, 'agenda_item')).toHaveLength(2)
    const { rows } = await applyPage(store, [], () => ({ mark: mark(2, 'c3'), sweep: true }))
    expect(rows).toBe(1)
    expect(await readRows(store, 'agenda_item')).toMatchObject([{ id: 'i1', title: 'a2' }])
  })

  it('leaves everything as it was when it is refused, and says where the store is', async () => {
    const store = await blank()
    await applyPage(store, [item('i1', 's1', 'a')], () => ({ mark: mark(1, 'c1'), sweep: false }))
    const result = await applyPage(store, [item('i2', 's1', 'b')], () => null)
    expect(result).toMatchObject({ taken: false, mark: mark(1, 'c1'), rows: 1 })
    expect(await readRows(store, 'agenda_item')).toHaveLength(1)
  })

  it('leaves neither row nor cursor when the disk refuses one of the writes', async () => {
    const store = await blank()
    await applyPage(store, [item('i1', 's1', 'a')], () => ({ mark: mark(1, 'c1'), sweep: false }))
    const put = IDBObjectStore.prototype.put
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...args
    ) {
      if (this.name === 'meta') throw new DOMException('full', 'QuotaExceededError')
      return put.apply(this, args)
    })
    const page = applyPage(store, [item('i2', 's1', 'b')], () => ({
      mark: mark(1, 'c2'),
      sweep: false,
    }))
    await expect(page).rejects.toThrow('full')
    vi.restoreAllMocks()
    expect(await readMark(store)).toEqual(mark(1, 'c1'))
    expect((await readRows(store, 'agenda_item')).map(({ id }) => id)).toEqual(['i1'])
  })
})

describe('what is sealed', () => {
  it('leaves no word of a row in the database', async () => {
    const store = await blank()
    await applyPage(store, [item('i1', 's1', 'Canari')], () => ({
      mark: mark(1, 'c'),
      sweep: false,
    }))
    const raw = await store.db.getAll('rows')
    const text = JSON.stringify(raw, (_, value) =>
      value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value,
    )
    expect(text).toContain('i1')
    expect(text).not.toContain('Canari')
    expect(store.key.extractable).toBe(false)
  })

  it('does not open when it was moved to another row', async () => {
    const store = await blank()
    const rows = [item('i1', 's1', 'one'), item('i2', 's1', 'two')]
    await applyPage(store, rows, () => ({ mark: mark(1, 'c'), sweep: false }))
    const [one, two] = await store.db.getAll('rows')
    if (!one || !two) throw new Error('rows are missing')
    await store.db.put('rows', { ...one, sealed: two.sealed })
    await expect(readRow(store, 'agenda_item', 'i1')).rejects.toThrow()
  })
})

describe('two accounts on one tablet', () => {
  it('have each their own store, key and wipe', async () => {
    const [anne, paul] = [await makeStore('anne', 'town'), await makeStore('paul', 'town')]
    const page = { mark: mark(1, 'c'), sweep: false }
    await applyPage(anne, [item('i1', 's1', 'Anne')], () => page)
    await applyPage(paul, [item('i1', 's1', 'Paul')], () => page)
    await remember('pause', true, 'anne')
    await remember('pause', true, 'paul')
    expect(await heldAuthorities('anne')).toEqual(['town'])
    await wipeAccount('anne')
    expect(await heldAuthorities('anne')).toEqual([])
    expect(await keyOf('anne', 'town')).toBeUndefined()
    expect(await recall('pause', 'anne')).toBeUndefined()
    await expect(openStore('anne', 'town')).rejects.toThrow(NotHeld)
    expect(await readRow(await openStore('paul', 'town'), 'agenda_item', 'i1')).toMatchObject({
      title: 'Paul',
    })
    expect(await recall('pause', 'paul')).toBe(true)
    const names = (await indexedDB.databases()).map(({ name }) => name)
    expect(names).not.toContain('cartable:anne:town')
  })

  it('can be asked for before they are made', async () => {
    const [early, made] = await Promise.allSettled([
      openStore('tom', 'town'),
      makeStore('tom', 'town'),
    ])
    expect(early.status).toBe('rejected')
    expect(made.status).toBe('fulfilled')
    expect((await openStore('tom', 'town')).authority).toBe('town')
  })

  it('lose one authority and keep the other', async () => {
    await makeStore('zoe', 'town')
    await makeStore('zoe', 'community')
    await wipeAuthority('zoe', 'town')
    expect(await heldAuthorities('zoe')).toEqual(['community'])
  })

  it('share one key when two tabs make it at the same time', async () => {
    const [one, two] = await Promise.all([makeStore('max', 'a'), makeStore('max', 'a')])
    expect(one).toBe(two)
    const sealed = await sealJson(one.key, 'here', 'word')
    const kept = await keyOf('max', 'a')
    if (!kept) throw new Error('no key')
    expect(await unsealJson(kept, 'here', sealed)).toBe('word')
  })
})
