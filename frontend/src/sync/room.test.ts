import { afterEach, describe, expect, it, vi } from 'vitest'
import { readFiles } from '../local/files'
import { around, LAST_MONTH, LATER, quiet, ready, SOON } from './testing/around'
import { blankStore, fill, Shelf, sample, sittingRows } from './testing/papers'
import { tidy } from './tidy'
import { SLICE } from './wanted'

afterEach(() => vi.restoreAllMocks())

describe('a full disk', () => {
  /** From now on a transaction that would hold more boxes than that ends as on a full disk. */
  function narrow(room: number) {
    const put = IDBObjectStore.prototype.put
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...args
    ) {
      if (this.name !== 'chunks') return put.apply(this, args)
      const { transaction } = this as unknown as { transaction: { _abort(why: string): void } }
      const count = this.count()
      count.onsuccess = () => {
        if (count.result > room) transaction._abort('QuotaExceededError')
      }
      return put.apply(this, args)
    })
  }

  it('gives up previews, then sittings that are over, never the next one; then says so', async () => {
    const store = await blankStore()
    const [before, next, preview, huge] = await Promise.all([
      sample(17, SLICE),
      sample(18, SLICE),
      sample(19, 1000),
      sample(20, SLICE),
    ])
    const over = sittingRows('over', LAST_MONTH, [{ document: 'd1', sample: before, preview }])
    await fill(store, over)
    const shelf = new Shelf().add(before, next, preview, huge)
    const first = around(shelf)
    await first.downloads.refresh([store])
    await quiet(first.told)
    expect(await store.db.count('chunks')).toBe(9)

    narrow(12)
    await fill(store, [
      ...over,
      ...sittingRows('next', SOON, [{ document: 'd2', sample: next }]),
      ...sittingRows('later', LATER, [{ document: 'd3', sample: huge }]),
    ])
    const { downloads, told } = around(shelf)
    await downloads.refresh([store])
    expect((await quiet(told)).stopped).toBe('full')
    const files = await readFiles(store)
    expect(files.has(preview.sha256)).toBe(false)
    expect(files.has(before.sha256)).toBe(false)
    expect((await ready(store, 'next')).ready).toBe(1)
    expect((await ready(store, 'later')).ready).toBe(0)
  })
})

describe('what no row names any more', () => {
  it('leaves the tablet with its reading marks', async () => {
    const store = await blankStore()
    const [kept, gone] = [await sample(21, 1000), await sample(22, 1000)]
    const rows = sittingRows('s', SOON, [
      { document: 'd1', sample: kept },
      { document: 'd2', sample: gone },
    ])
    await fill(store, rows)
    const { downloads, told } = around(new Shelf().add(kept, gone))
    await downloads.refresh([store])
    await quiet(told)
    // The document is withdrawn: its row stays, its versions leave.
    await fill(
      store,
      rows.filter(({ id }) => id !== 'd2-v1'),
      2,
    )
    await tidy(store)
    const files = await readFiles(store)
    expect([...files.keys()]).toEqual([kept.sha256])
    const keys = await store.db.getAllKeys('chunks')
    expect(new Set(keys.map(([sha256]) => sha256))).toEqual(new Set([kept.sha256]))
  })
})
