import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Unreachable } from '../api/api'
import { forgetShare } from '../local/camera'
import { CHUNK, putSlice, readFile } from '../local/files'
import type { DocumentVersion } from '../local/kinds'
import { renewLease, watchLease } from '../local/lease'
import { PaperBytes, readPageTexts } from './paper'
import { bringShare, fetchSlice } from './slices'
import {
  blankStore,
  fill,
  locks,
  type Sample,
  Shelf,
  sample,
  sittingRows,
  underItem,
} from './testing/papers'
import { paperOf, SLICE, smallFile } from './wanted'

function version({ sha256, bytes, slices }: Sample, text: Sample | null = null): DocumentVersion {
  return {
    id: 'v1',
    document_id: 'd1',
    number: 1,
    state: 'ready',
    file_name: 'budget.pdf',
    sha256,
    size: bytes.length,
    slices,
    pages: 3,
    flags: [],
    refusal: null,
    reason: '',
    text: text && { sha256: text.sha256, size: text.bytes.length },
    preview: null,
    created_at: '2026-11-20T10:00:00Z',
  }
}

describe('a paper that is not here yet', () => {
  it('is read while it comes: only the slices that are looked at travel, once', async () => {
    const [store, paper] = [await blankStore(), await sample(31, 3 * SLICE + 1000)]
    const shelf = new Shelf().add(paper)
    const source = new PaperBytes(store, version(paper), shelf, locks())
    const end = paper.bytes.length
    const [tail, again] = await Promise.all([
      source.read(end - 1024, end),
      source.read(end - 500, end - 100),
    ])
    expect(Buffer.compare(tail, paper.bytes.slice(end - 1024, end))).toBe(0)
    expect(Buffer.compare(again, paper.bytes.slice(end - 500, end - 100))).toBe(0)
    expect(shelf.asked.map((one) => one.split('@')[1])).toEqual(['2', '3'])
    expect((await readFile(store, paper.sha256))?.have).toEqual([false, false, true, true])
  })

  it('says so without a network, and reads when it is back', async () => {
    const [store, paper] = [await blankStore(), await sample(32, 1000)]
    const shelf = new Shelf().add(paper)
    let off = true
    shelf.before = async () => {
      if (off) throw new Unreachable('network')
      return undefined
    }
    const source = new PaperBytes(store, version(paper), shelf, locks())
    await expect(source.read(0, 10)).rejects.toBeInstanceOf(Unreachable)
    off = false
    expect(await source.read(0, 10)).toEqual(paper.bytes.slice(0, 10))
  })
})

describe('a paper that is here', () => {
  it('gives any range without the server, across boxes and slices', async () => {
    const [store, paper] = [await blankStore(), await sample(33, 2 * SLICE + 12_345)]
    const shelf = new Shelf().add(paper)
    const file = paperOf(version(paper))
    for (const n of file.slices.keys()) {
      await putSlice(store, file, n, paper.bytes.slice(n * SLICE, (n + 1) * SLICE))
    }
    const source = new PaperBytes(store, version(paper), shelf, locks())
    const ranges = [
      [0, 1],
      [CHUNK - 3, CHUNK + 3],
      [SLICE - 5, SLICE + CHUNK * 3 + 5],
      [paper.bytes.length - 10, paper.bytes.length],
      [0, paper.bytes.length],
    ] as const
    for (const [begin, end] of ranges) {
      const read = await source.read(begin, end)
      expect(Buffer.compare(read, paper.bytes.slice(begin, end))).toBe(0)
    }
    expect(shelf.asked).toEqual([])
  })

  it('gives copies: the reader hands the buffer to a worker', async () => {
    const [store, paper] = [await blankStore(), await sample(34, 1000)]
    const source = new PaperBytes(store, version(paper), new Shelf().add(paper), locks())
    const first = await source.read(0, 1000)
    structuredClone(first.buffer, { transfer: [first.buffer] })
    expect((await source.read(0, 1000)).length).toBe(1000)
  })
})

describe('a paper in camera', () => {
  async function held(seed: number) {
    const [store, paper] = [await blankStore(), await sample(seed, SLICE + 1000)]
    const rows = sittingRows('s1', '2026-11-20T18:00:00Z', [{ document: 'd1', sample: paper }])
    await fill(store, underItem(rows, true))
    const shelf = new Shelf().add(paper)
    const file = paperOf(version(paper))
    for (const n of file.slices.keys()) await fetchSlice(store, shelf, file, n, locks())
    await forgetShare(store)
    shelf.share = async () => new Uint8Array(32).fill(8)
    shelf.asked.length = 0
    return { store, paper, shelf, file }
  }

  it('sealed with a share that the server gives no more is read from the server again', async () => {
    const { store, paper, shelf } = await held(36)
    const source = new PaperBytes(store, version(paper), shelf, locks())
    const end = paper.bytes.length
    expect(Buffer.compare(await source.read(0, end), paper.bytes)).toBe(0)
    expect(shelf.asked.map((one) => one.split('@')[1])).toEqual(['0', '1'])
    const again = new PaperBytes(store, version(paper), shelf, locks())
    expect(Buffer.compare(await again.read(0, end), paper.bytes)).toBe(0)
    expect(shelf.asked).toHaveLength(2)
  })

  it('is not told to be ready when the share is another: it is to be fetched', async () => {
    const { store, paper, shelf } = await held(37)
    await bringShare(store, shelf)
    expect((await readFile(store, paper.sha256))?.have ?? []).not.toContain(true)
    await forgetShare(store)
    const file = paperOf(version(paper))
    for (const n of file.slices.keys()) await fetchSlice(store, shelf, file, n, locks())
    await forgetShare(store)
    await bringShare(store, shelf)
    expect((await readFile(store, paper.sha256))?.complete).toBe(true)
  })
})

describe('the share', () => {
  it('is a word of the server: it stays where the lease was over, and is asked for once', async () => {
    const [store, shelf] = [await blankStore(), new Shelf()]
    const terms = { lease_days: 30, lease_days_in_camera: 7 }
    await renewLease(store, Date.now() - 8 * 24 * 3_600_000, Date.now(), terms)
    expect(await watchLease(store, Date.now())).toBe('camera')
    expect(await bringShare(store, shelf)).toBe(true)
    expect(await watchLease(store, Date.now())).toBeUndefined()
    expect(await bringShare(store, shelf)).toBe(false)
  })
})

describe('page texts', () => {
  it('are unpacked when they are here, and null before', async () => {
    const store = await blankStore()
    const pages = ['Première page', 'Deuxième page']
    const bytes = new Uint8Array(gzipSync(JSON.stringify(pages)))
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')
    const text = { sha256: digest, bytes, slices: [digest] }
    const read = version(await sample(35, 10), text)
    expect(await readPageTexts(store, read)).toBeNull()
    if (!read.text) throw new Error('no text')
    await putSlice(store, smallFile(read.text, 'text'), 0, bytes)
    expect(await readPageTexts(store, read)).toEqual(pages)
  })
})
