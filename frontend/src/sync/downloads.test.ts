import { afterEach, describe, expect, it, vi } from 'vitest'
import { Refusal, Unreachable } from '../api/api'
import { markOpened, readFile, readWhole } from '../local/files'
import { openAuthorityDb } from '../local/schema'
import { around, LATER, quiet, ready, SOON, short } from './testing/around'
import { blankStore, fill, Shelf, sample, sittingRows } from './testing/papers'
import { SLICE } from './wanted'

afterEach(() => vi.restoreAllMocks())

describe('a dossier', () => {
  it('comes whole: the next sitting first, agenda order, previews last, three at a time', async () => {
    const store = await blankStore()
    const [a, b, c, text, preview] = await Promise.all([
      sample(1, 3 * SLICE + 5),
      sample(2, 1000),
      sample(3, 2000),
      sample(4, 300),
      sample(5, 400),
    ])
    await fill(store, [
      ...sittingRows('later', LATER, [{ document: 'd3', sample: c }]),
      ...sittingRows('soon', SOON, [
        { document: 'd1', sample: a, text, preview },
        { document: 'd2', sample: b },
      ]),
    ])
    const shelf = new Shelf().add(a, b, c, text, preview)
    let travelling = 0
    let most = 0
    shelf.before = async () => {
      travelling += 1
      most = Math.max(most, travelling)
      await new Promise((resolve) => setTimeout(resolve, 2))
      travelling -= 1
      return undefined
    }
    const { downloads, told } = around(shelf)
    await downloads.refresh([store])
    expect((await ready(store, 'soon')).ready).toBe(0)
    expect((await quiet(told)).stopped).toBeNull()
    expect(most).toBe(3)
    expect(shelf.asked).toEqual([
      ...[0, 1, 2, 3].map((n) => `${short(a)}@${n}`),
      `${short(text)}@0`,
      `${short(b)}@0`,
      `${short(c)}@0`,
      `${short(preview)}@0`,
    ])
    expect(await ready(store, 'soon')).toEqual({
      pieces: 2,
      ready: 2,
      size: a.bytes.length + b.bytes.length,
      held: a.bytes.length + b.bytes.length,
    })
    expect(Buffer.compare((await readWhole(store, a.sha256)) ?? Buffer.of(), a.bytes)).toBe(0)
  })

  it('is not ready while the page texts of a piece are missing', async () => {
    const store = await blankStore()
    const [paper, text] = [await sample(6, 1000), await sample(7, 100)]
    await fill(store, sittingRows('s', SOON, [{ document: 'd', sample: paper, text }]))
    const shelf = new Shelf().add(paper, text)
    shelf.before = async (sha256) => {
      if (sha256 === text.sha256) throw new Refusal('not_found', 404)
      return undefined
    }
    const { downloads, told, disagreements } = around(shelf)
    await downloads.refresh([store])
    await quiet(told)
    expect(await ready(store, 's')).toMatchObject({ pieces: 1, ready: 0, held: 1000 })
    expect(disagreements).toEqual(['town'])
  })

  it('leaves alone drafts, sittings long over, and versions nobody opened', async () => {
    const store = await blankStore()
    const old = await sample(8, 500)
    const draft = sittingRows('draft', SOON, [{ document: 'd1', sample: await sample(9, 500) }])
    Object.assign(draft[0]?.value as object, { state: 'draft' })
    await fill(store, [
      ...draft,
      ...sittingRows('old', '2026-03-01T17:00:00Z', [{ document: 'd2', sample: old }]),
    ])
    const shelf = new Shelf().add(old)
    const { downloads, told } = around(shelf)
    await downloads.refresh([store])
    await quiet(told)
    expect(shelf.asked).toEqual([])
    const file = { ...old, size: 500, slice: SLICE, role: 'paper' as const }
    await markOpened(store, file)
    await downloads.refresh([store])
    await quiet(told)
    expect(shelf.asked).toEqual([`${short(old)}@0`])
  })
})

describe('a cut', () => {
  it('is waited out, and what was verified is not asked again', async () => {
    const store = await blankStore()
    const paper = await sample(10, 4 * SLICE)
    await fill(store, sittingRows('s', SOON, [{ document: 'd', sample: paper }]))
    const shelf = new Shelf().add(paper)
    let cut = true
    shelf.before = async (_, begin) => {
      if (cut && begin >= 2 * SLICE) throw new Unreachable('network')
      return undefined
    }
    const { downloads, told } = around(shelf)
    await downloads.refresh([store])
    await vi.waitFor(() => expect(told.at(-1)?.stopped).toBe('unreachable'))
    await vi.waitFor(async () =>
      expect((await readFile(store, paper.sha256))?.have).toEqual([true, true, false, false]),
    )
    cut = false
    expect((await quiet(told)).stopped).toBeNull()
    expect((await readFile(store, paper.sha256))?.complete).toBe(true)
    expect(shelf.asked.filter((one) => one.endsWith('@0'))).toHaveLength(1)
    expect(shelf.asked.filter((one) => one.endsWith('@1'))).toHaveLength(1)
  })

  it('and a restart of the application go on from the last verified slice', async () => {
    const store = await blankStore()
    const paper = await sample(11, 3 * SLICE)
    await fill(store, sittingRows('s', SOON, [{ document: 'd', sample: paper }]))
    const shelf = new Shelf().add(paper)
    shelf.before = (_, begin) =>
      begin === 0 ? Promise.resolve(undefined) : new Promise(() => undefined)
    const first = around(shelf)
    void first.downloads.refresh([store])
    await vi.waitFor(async () => expect((await readFile(store, paper.sha256))?.have[0]).toBe(true))
    first.downloads.stop()
    shelf.before = async () => undefined
    shelf.asked.length = 0
    const second = around(shelf)
    await second.downloads.refresh([store])
    await quiet(second.told)
    expect(shelf.asked).toEqual([1, 2].map((n) => `${short(paper)}@${n}`))
  })

  it('in the middle of a write leaves the slice out, whole', async () => {
    const store = await blankStore()
    const paper = await sample(12, SLICE)
    await fill(store, sittingRows('s', SOON, [{ document: 'd', sample: paper }]))
    const { downloads, told } = around(new Shelf().add(paper))
    const put = IDBObjectStore.prototype.put
    let chunks = 0
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...args
    ) {
      // Killed at the fifth box: the browser undoes the transaction.
      if (this.name === 'chunks' && ++chunks === 5) {
        downloads.stop()
        this.transaction.abort()
      }
      return put.apply(this, args)
    })
    await downloads.refresh([store])
    expect((await quiet(told)).running).toBe(false)
    expect(chunks).toBe(5)
    vi.restoreAllMocks()
    const again = await openAuthorityDb(store.account, store.authority, () => undefined)
    expect(await again.count('files')).toBe(0)
    expect(await again.count('chunks')).toBe(0)
    again.close()
  })
})

describe('a slice that is not what was announced', () => {
  it('is thrown away and fetched again', async () => {
    const store = await blankStore()
    const paper = await sample(13, SLICE + 100)
    await fill(store, sittingRows('s', SOON, [{ document: 'd', sample: paper }]))
    const shelf = new Shelf().add(paper)
    let damaged = 0
    shelf.before = async (_, begin) => {
      if (begin > 0 || damaged > 0) return undefined
      damaged += 1
      const bytes = paper.bytes.slice(0, SLICE)
      bytes[1234] = (bytes[1234] ?? 0) ^ 1
      return bytes
    }
    const { downloads, told } = around(shelf)
    await downloads.refresh([store])
    await vi.waitFor(async () => expect((await readFile(store, paper.sha256))?.complete).toBe(true))
    await quiet(told)
    expect(damaged).toBe(1)
    expect(shelf.asked.filter((one) => one.endsWith('@0'))).toHaveLength(2)
    expect(Buffer.compare((await readWhole(store, paper.sha256)) ?? Buffer.of(), paper.bytes)).toBe(
      0,
    )
  })

  it("is not a hotel's sign-in page either", async () => {
    const store = await blankStore()
    const paper = await sample(14, 1000)
    await fill(store, sittingRows('s', SOON, [{ document: 'd', sample: paper }]))
    const shelf = new Shelf().add(paper)
    let captive = true
    shelf.before = async () => (captive ? new TextEncoder().encode('<html>Bienvenue') : undefined)
    const { downloads, told } = around(shelf)
    await downloads.refresh([store])
    await vi.waitFor(() => expect(told.at(-1)?.stopped).toBe('unreachable'))
    expect(await readFile(store, paper.sha256)).toBeUndefined()
    captive = false
    await quiet(told)
    expect((await readFile(store, paper.sha256))?.complete).toBe(true)
  })
})

describe('one piece that the server cannot give', () => {
  it.each([
    ['its object is missing', new Refusal('unavailable', 503)],
    ['its bytes are not the ones announced', undefined],
  ])('does not hold the others: %s', async (_, refusal) => {
    const store = await blankStore()
    const [lost, well] = [await sample(31, 3 * SLICE), await sample(32, 2 * SLICE)]
    await fill(
      store,
      sittingRows('s', SOON, [
        { document: 'd1', sample: lost },
        { document: 'd2', sample: well },
      ]),
    )
    const shelf = new Shelf().add(lost, well)
    shelf.before = async (sha256) => {
      if (sha256 !== lost.sha256) return undefined
      if (refusal) throw refusal
      return new Uint8Array(SLICE)
    }
    const { downloads } = around(shelf)
    await downloads.refresh([store])
    await vi.waitFor(async () => expect((await readFile(store, well.sha256))?.complete).toBe(true))
    expect((await readFile(store, lost.sha256))?.complete).toBeFalsy()
    downloads.stop()
  })
})

describe('two tabs', () => {
  it('fetch each slice once', async () => {
    const store = await blankStore()
    const paper = await sample(15, 5 * SLICE)
    await fill(store, sittingRows('s', SOON, [{ document: 'd', sample: paper }]))
    const shelf = new Shelf().add(paper)
    const one = around(shelf)
    const two = around(shelf, one.lock)
    await Promise.all([one.downloads.refresh([store]), two.downloads.refresh([store])])
    await Promise.all([quiet(one.told), quiet(two.told)])
    expect(shelf.asked.toSorted()).toEqual([0, 1, 2, 3, 4].map((n) => `${short(paper)}@${n}`))
  })
})

describe('a pause', () => {
  it('holds until it is taken back', async () => {
    const store = await blankStore()
    const paper = await sample(16, 1000)
    await fill(store, sittingRows('s', SOON, [{ document: 'd', sample: paper }]))
    const shelf = new Shelf().add(paper)
    const { downloads, told } = around(shelf)
    await downloads.pause(true)
    await downloads.refresh([store])
    expect(told.at(-1)).toMatchObject({ running: false, stopped: 'paused' })
    expect(shelf.asked).toEqual([])
    await downloads.pause(false)
    await quiet(told)
    expect((await ready(store, 's')).ready).toBe(1)
  })

  it('lets what travels arrive, and still says that it holds', async () => {
    const store = await blankStore()
    const paper = await sample(23, 5 * SLICE)
    await fill(store, sittingRows('s', SOON, [{ document: 'd', sample: paper }]))
    const shelf = new Shelf().add(paper)
    shelf.before = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      return undefined
    }
    const { downloads, told } = around(shelf)
    await downloads.refresh([store])
    await downloads.pause(true)
    expect((await quiet(told)).stopped).toBe('paused')
    expect(shelf.asked).toHaveLength(3)
  })

  it('does not hold what somebody opens', async () => {
    const store = await blankStore()
    const [paper, other] = [await sample(24, 1000), await sample(25, 1000)]
    await fill(
      store,
      sittingRows('s', SOON, [
        { document: 'd1', sample: other },
        { document: 'd2', sample: paper },
      ]),
    )
    const shelf = new Shelf().add(paper, other)
    const { downloads, told } = around(shelf)
    await downloads.pause(true)
    await markOpened(store, { ...paper, size: 1000, slice: SLICE, role: 'paper' })
    await downloads.refresh([store])
    expect((await quiet(told)).stopped).toBe('paused')
    expect(shelf.asked).toEqual([`${short(paper)}@0`])
  })
})
