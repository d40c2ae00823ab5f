import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Unreachable } from '../api/api'
import { forgetShare, hasShare } from '../local/camera'
import { onChange, type Topic } from '../local/changes'
import { readFile, readWhole } from '../local/files'
import type { DocumentVersion } from '../local/kinds'
import { renewLease } from '../local/lease'
import { readRow } from '../local/rows'
import { makeStore, type Store } from '../local/store'
import { Engine } from './engine'
import { watchLocks } from './locks'
import { PaperBytes } from './paper'
import { remote } from './remote'
import { locks, type Sample, Shelf, sample, sittingRows, underItem } from './testing/papers'

const DAY = 24 * 3_600_000
const TOWN = 'town'

let made = 0
let ends: (() => void)[] = []
let faults: unknown[] = []

/** A server with one sitting, whose pieces are in camera or not. */
class Town {
  readonly shelf: Shelf
  inCamera = true
  share = 1
  /** How many times the share was asked for. */
  shares = 0
  pulls = true
  #page = 0

  constructor(readonly papers: Sample[]) {
    this.shelf = new Shelf().add(...papers)
    vi.spyOn(remote, 'bytes').mockImplementation((...asked) => this.shelf.bytes(...asked))
    vi.spyOn(remote, 'peek').mockImplementation(async () => ({ etag: 'e', changed: false }))
    vi.spyOn(remote, 'share').mockImplementation(async () => {
      this.shares += 1
      return new Uint8Array(32).fill(this.share)
    })
    vi.spyOn(remote, 'pull').mockImplementation(async (_, cursor) => {
      if (!this.pulls) throw new Unreachable('network')
      this.#page += 1
      const now = new Date().toISOString()
      const next = { cursor: `c${this.#page}`, epoch: 'e', reset: cursor === null, more: false }
      return { ...next, cursor_in: cursor, rows: this.#rows(), held: [], now }
    })
  }

  #rows() {
    const documents = this.papers.map((one, n) => ({ document: `d${n}`, sample: one }))
    const soon = new Date(Date.now() + DAY).toISOString()
    return underItem(sittingRows('s', soon, documents), this.inCamera)
  }
}

async function follow(account: string): Promise<Engine> {
  const engine = new Engine(account, { onstanding: () => {}, onprogress: () => {} })
  ends.push(() => engine.stop())
  await engine.follow([{ id: TOWN, keeps: true }], true)
  return engine
}

async function tablet(): Promise<Store> {
  made += 1
  return makeStore(`member-${made}`, TOWN)
}

async function isWhole(store: Store, { sha256, bytes }: Sample): Promise<boolean> {
  const here = await readWhole(store, sha256)
  return here !== undefined && Buffer.compare(here, bytes) === 0
}

function whole(store: Store, ...papers: Sample[]): Promise<void> {
  return vi.waitFor(async () => {
    for (const paper of papers) expect(await isWhole(store, paper)).toBe(true)
  })
}

/** Long enough here for whatever would go round without end to show. */
function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50))
}

async function open(store: Store, document: string): Promise<Uint8Array> {
  const version = (await readRow(store, 'document_version', `${document}-v1`)) as DocumentVersion
  const source = new PaperBytes(store, version)
  return source.read(0, source.size)
}

beforeEach(() => {
  faults = []
  vi.stubGlobal('navigator', { locks: { request: locks() } })
  vi.stubGlobal('document', { addEventListener: () => {} })
  vi.stubGlobal('reportError', (error: unknown) => faults.push(error))
})

afterEach(() => {
  for (const end of ends) end()
  ends = []
  vi.unstubAllGlobals()
  expect(faults).toEqual([])
})

describe('pieces in camera', () => {
  it('all come again when a reader is the first to get another share', async () => {
    const store = await tablet()
    const town = new Town([await sample(41, 1000), await sample(42, 2000)])
    const [read, other] = town.papers as [Sample, Sample]
    await follow(store.account)
    await whole(store, read, other)
    await rest()
    await forgetShare(store)
    const asked = town.shares
    town.share = 2
    expect(Buffer.compare(await open(store, 'd0'), read.bytes)).toBe(0)
    await whole(store, read, other)
    await rest()
    expect(town.shares - asked).toBe(1)
  })

  it('come once where the lease is over and only the share answers', async () => {
    const store = await tablet()
    const town = new Town([await sample(43, 1000)])
    const [paper] = town.papers as [Sample]
    const first = await follow(store.account)
    await whole(store, paper)
    await rest()
    first.stop()
    await forgetShare(store)
    await renewLease(store, Date.now() - 8 * DAY, Date.now() - 8 * DAY, {
      lease_days: 30,
      lease_days_in_camera: 7,
    })
    town.pulls = false
    town.share = 2
    const asked = town.shares
    const watching = new AbortController()
    ends.push(() => watching.abort())
    await watchLocks(store.account, watching.signal)
    const said: Topic[] = []
    ends.push(onChange((topic) => said.push(topic)))
    await follow(store.account)
    await open(store, 'd0')
    await whole(store, paper)
    await rest()
    // Once because the lease begins again, once because the share is here.
    expect(said.filter((topic) => topic === 'lease')).toHaveLength(2)
    expect([town.shares - asked, await hasShare(store)]).toEqual([1, true])
  })

  it('stay readable when the last of them comes out, and the share leaves after', async () => {
    const store = await tablet()
    const town = new Town([await sample(44, 1000)])
    const [paper] = town.papers as [Sample]
    const engine = await follow(store.account)
    await whole(store, paper)
    await rest()
    town.shelf.asked.length = 0
    town.inCamera = false
    engine.nudge()
    await vi.waitFor(async () => expect(await hasShare(store)).toBe(false))
    expect((await readFile(store, paper.sha256))?.sealedBy).toBeUndefined()
    expect(await isWhole(store, paper)).toBe(true)
    expect(town.shelf.asked).toEqual([])
  })

  it('that came out while the share was gone open again with it, then without', async () => {
    const store = await tablet()
    const town = new Town([await sample(45, 1000)])
    const [paper] = town.papers as [Sample]
    const engine = await follow(store.account)
    await whole(store, paper)
    await rest()
    await forgetShare(store)
    town.inCamera = false
    engine.nudge()
    await whole(store, paper)
    await vi.waitFor(async () => expect(await hasShare(store)).toBe(false))
    expect(town.shelf.asked).toHaveLength(1)
    expect(await isWhole(store, paper)).toBe(true)
  })
})
