import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Draft, nextBatch, readPending, write } from './outbox'
import { type Receipt, readHolding } from './receipts'
import { applyPage } from './rows'
import { makeStore, type Store } from './store'

let made = 0

function blank(): Promise<Store> {
  made += 1
  return makeStore('sender', `authority-${made}`)
}

function edit(entity: string, text = ''): Draft {
  return { name: 'edit_note', entity, body: { text } }
}

const NOW = '2026-12-01T10:00:00Z'
const NOTHING: Receipt = { held: [], lost: [], epoch: 'e1', now: NOW, keptSince: '2026-10-27' }

/** A last page without rows, on the number line of the receipt. */
function page(store: Store, receipt: Partial<Receipt>) {
  const whole = { ...NOTHING, ...receipt }
  return applyPage(store, [], (mark) => ({
    mark: { ...mark, epoch: whole.epoch },
    sweep: false,
    receipt: whole,
  }))
}

async function writeSome(store: Store, n: number): Promise<string[]> {
  const drafts = Array.from({ length: n }, (_, k) => edit(`n${k}`))
  return (await write(store, drafts)).map(({ mid }) => mid)
}

const waiting = async (store: Store) => (await readPending(store)).map(({ mid }) => mid)

afterEach(() => vi.restoreAllMocks())

describe('what the server has', () => {
  it('leaves the outbox and is kept with the clock of the server', async () => {
    const store = await blank()
    const [a, b, c] = (await writeSome(store, 3)) as [string, string, string]
    const applied = await page(store, { held: [a, b] })
    expect(applied).toMatchObject({ taken: true, pending: 1, owed: 0 })
    expect(await waiting(store)).toEqual([c])
    expect(await store.db.getAll('sent')).toMatchObject(
      [a, b].sort().map((mid) => ({ mid, epoch: 'e1', stamp: NOW })),
    )
  })

  it('is not pushed again for being listed twice', async () => {
    const store = await blank()
    const [a] = (await writeSome(store, 1)) as [string]
    await page(store, { held: [a] })
    const again = await page(store, { held: [a, 'somebody else’s'] })
    expect(again).toMatchObject({ pending: 0, owed: 0 })
    expect(await store.db.count('sent')).toBe(1)
  })

  it('leaves with the rows of its page, or not at all', async () => {
    const store = await blank()
    const [a] = (await writeSome(store, 1)) as [string]
    const put = IDBObjectStore.prototype.put
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...args
    ) {
      if (this.name === 'sent') throw new DOMException('full', 'QuotaExceededError')
      return put.apply(this, args)
    })
    const row = { kind: 'annotation', id: 'n0', seq: 2, value: { id: 'n0', document_id: 'd' } }
    const applying = applyPage(store, [row], (mark) => ({
      mark: { ...mark, cursor: 'c2' },
      sweep: false,
      receipt: { ...NOTHING, held: [a] },
    }))
    await expect(applying).rejects.toThrow('full')
    vi.restoreAllMocks()
    expect(await waiting(store)).toEqual([a])
    expect(await store.db.count('rows')).toBe(0)
    expect(await store.db.get('meta', 'sync')).toBeUndefined()
  })

  it('is forgotten 35 days later by the clock of the server, counted from its last number line', async () => {
    const store = await blank()
    const [a, b] = (await writeSome(store, 2)) as [string, string]
    await page(store, { held: [a], now: '2026-10-01T00:00:00Z', keptSince: '2026-09-01' })
    await page(store, { held: [b], now: '2026-11-20T00:00:00Z', keptSince: '2026-09-01' })
    expect(await store.db.count('sent')).toBe(2)
    await page(store, { keptSince: '2026-10-27' })
    expect(await store.db.getAllKeys('sent')).toEqual([b])
    // The server was restored: however old, it is asked about before it is forgotten.
    const renewed = await page(store, { epoch: 'e2', keptSince: '2027-01-01' })
    expect(renewed.owed).toBe(1)
    await page(store, { epoch: 'e2', held: [b], now: '2027-01-02T00:00:00Z' })
    await page(store, { epoch: 'e2', keptSince: '2027-01-01' })
    expect(await store.db.getAll('sent')).toMatchObject([{ mid: b, epoch: 'e2' }])
  })
})

describe('what a restored server lost', () => {
  it('waits again, under its name and before what was written since', async () => {
    const store = await blank()
    const [a, b, c] = (await writeSome(store, 3)) as [string, string, string]
    await page(store, { held: [a, b, c] })
    const [late] = await write(store, [edit('n1', 'later')])
    expect(await readHolding(store, 100)).toEqual({ sent: [], waiting: [late?.mid] })
    const reset = await page(store, { epoch: 'e2' })
    expect(reset).toMatchObject({ pending: 1, owed: 3 })
    const listed = await readHolding(store, 100)
    expect(listed.sent.toSorted()).toEqual([a, b, c].sort())
    const applied = await page(store, { epoch: 'e2', held: [a], lost: [b, c] })
    expect(applied).toMatchObject({ pending: 3, owed: 0 })
    expect(await waiting(store)).toEqual([b, c, late?.mid])
    expect(await readPending(store)).toMatchObject([
      { entity: 'n1', body: { text: '' } },
      { entity: 'n2' },
      { entity: 'n1', body: { text: 'later' } },
    ])
  })

  it('is asked about in parts when it is much', async () => {
    const store = await blank()
    const mids = await writeSome(store, 7)
    await page(store, { held: mids.slice(0, 5) })
    await page(store, { epoch: 'e2' })
    const first = await readHolding(store, 3)
    expect(first).toMatchObject({ waiting: [], sent: { length: 3 } })
    expect((await page(store, { epoch: 'e2', held: first.sent })).owed).toBe(2)
    const second = await readHolding(store, 3)
    expect(second.sent).toHaveLength(2)
    expect(second.waiting).toEqual([mids[5]])
    expect((await page(store, { epoch: 'e2', lost: second.sent })).owed).toBe(0)
    expect(await waiting(store)).toHaveLength(4)
  })
})

describe('the next batch', () => {
  it('goes in order, without what was answered to', async () => {
    const store = await blank()
    const mids = await writeSome(store, 5)
    const { batch, more } = await nextBatch(store, [mids[0] as string, mids[2] as string], 2)
    expect(batch.map(({ mid }) => mid)).toEqual([mids[1], mids[3]])
    expect(more).toBe(true)
    expect(await nextBatch(store, mids, 50)).toEqual({ batch: [], more: false })
  })

  it('stays below a mebibyte, but for a change that alone is more', async () => {
    const store = await blank()
    const long = 'a'.repeat(400_000)
    await write(store, [edit('a', long), edit('b', long), edit('c', long), edit('d', long + long)])
    const [first, second] = [await nextBatch(store, [], 50), await nextBatch(store, [], 1)]
    expect(first).toMatchObject({ batch: [{ entity: 'a' }, { entity: 'b' }], more: true })
    expect(JSON.stringify(first.batch).length).toBeLessThan(1 << 20)
    expect(second).toMatchObject({ batch: { length: 1 }, more: true })
    const rest = await nextBatch(
      store,
      first.batch.map(({ mid }) => mid),
      50,
    )
    expect(rest.batch.map(({ entity }) => entity)).toEqual(['c'])
  })
})

describe('what a restored server gets back', () => {
  it('is chained: an author’s own words are not somebody else’s', async () => {
    const store = await blank()
    const first = async (draft: Draft) => (await write(store, [draft]))[0]?.mid as string
    const [one, other] = [await first({ ...edit('n'), base: 0 }), await first(edit('m'))]
    await page(store, { held: [one, other] })
    const two = await first({ ...edit('n', 'seen as 5'), base: 5 })
    await page(store, { held: [two] })
    const three = await first({ ...edit('n', 'seen as 9, not sent'), base: 9 })
    const alone = await first({ ...edit('m', 'its first was kept'), base: 7 })
    await page(store, { held: [other], lost: [one, two], epoch: 'e2' })
    const bases = (await readPending(store)).map(({ mid, base }) => [mid, base])
    expect(bases).toEqual([
      [one, 0],
      [two, one],
      [three, two],
      [alone, 7],
    ])
  })

  it('is not chained to what had already been lost once', async () => {
    const store = await blank()
    const first = async (draft: Draft) => (await write(store, [draft]))[0]?.mid as string
    const one = await first({ ...edit('n'), base: 0 })
    await page(store, { held: [one] })
    await page(store, { lost: [one], epoch: 'e2' })
    // Written while the screen showed what the backup had.
    const two = await first({ ...edit('n'), base: 3 })
    await page(store, { held: [one, two], epoch: 'e2' })
    await page(store, { lost: [one, two], epoch: 'e3' })
    expect((await readPending(store)).map(({ base }) => base)).toEqual([0, 3])
  })

  it('is not chained to what the rows of a backup did not show', async () => {
    const store = await blank()
    const first = async (draft: Draft) => (await write(store, [draft]))[0]?.mid as string
    const one = await first({ ...edit('n'), base: 2 })
    await page(store, { held: [one] })
    await page(store, { epoch: 'e2' })
    const two = await first({ ...edit('n'), base: 3 })
    await page(store, { lost: [one], epoch: 'e2' })
    const bases = (await readPending(store)).map(({ mid, base }) => [mid, base])
    expect(bases).toEqual([
      [one, 2],
      [two, 3],
    ])
  })

  it('is not said to have seen more than it had', async () => {
    const store = await blank()
    const first = async (draft: Draft) => (await write(store, [draft]))[0]?.mid as string
    const colour = await first({
      name: 'style_annotation',
      entity: 'n',
      body: { colour: 'red' },
      base: 7,
    })
    // The field was filled before somebody's number 6 came, which the colour had seen.
    const text = await first({ ...edit('n'), base: 5 })
    await page(store, { held: [colour, text] })
    await page(store, { lost: [colour, text], epoch: 'e2' })
    expect((await readPending(store)).map(({ base }) => base)).toEqual([7, 5])
  })
})
