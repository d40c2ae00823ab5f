import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { forgetShare, inCamera, keepShare, ShareMissing } from './camera'
import {
  CHUNK,
  eraseShared,
  markOpened,
  needsShare,
  putSlice,
  readChunk,
  readFile,
  readWhole,
  resealFiles,
  type WantedFile,
} from './files'
import type { WireRow } from './kinds'
import { applyPage } from './rows'
import { NO_MARK } from './schema'
import { unseal } from './seal'
import { makeStore, type Store } from './store'

const SHARE = new Uint8Array(32).fill(9)
/** Bytes of one slice. */
const SLICE = 8 * CHUNK
let made = 0

interface Sample extends WantedFile {
  bytes: Uint8Array<ArrayBuffer>
}

function sample(size: number, seed: number): Sample {
  const bytes = Uint8Array.from({ length: size }, (_, n) => (n * seed + (n >> 8)) & 255)
  const hash = (part: Uint8Array) => createHash('sha256').update(part).digest('hex')
  const slices = Array.from({ length: Math.ceil(size / SLICE) }, (_, n) =>
    hash(bytes.subarray(n * SLICE, (n + 1) * SLICE)),
  )
  return { sha256: hash(bytes), size, slice: SLICE, slices, role: 'paper', bytes }
}

const PAPER = sample(SLICE + 70_000, 7)

async function put(store: Store, file: Sample, n: number): Promise<void> {
  await putSlice(store, file, n, file.bytes.slice(n * SLICE, (n + 1) * SLICE))
}

/** One item with one piece, in camera or not. */
async function place(store: Store, in_camera: boolean, file = PAPER): Promise<void> {
  const rows: WireRow[] = [
    { kind: 'agenda_item', id: 'i1', seq: 1, value: { id: 'i1', sitting_id: 's1', in_camera } },
    {
      kind: 'document',
      id: 'd1',
      seq: 1,
      value: { id: 'd1', sitting_id: 's1', agenda_item_id: 'i1' },
    },
    {
      kind: 'document_version',
      id: 'v1',
      seq: 1,
      value: { id: 'v1', document_id: 'd1', sha256: file.sha256, text: null, preview: null },
    },
  ]
  await applyPage(store, rows, () => ({ mark: NO_MARK, sweep: false }))
}

async function blank(): Promise<Store> {
  made += 1
  return makeStore('anne', `camera-${made}`)
}

async function chunks(store: Store) {
  const keys = await store.db.getAllKeys('chunks')
  return Promise.all(keys.map(async (key) => ({ key, box: await store.db.get('chunks', key) })))
}

/** How many chunks of the store the key of the tablet opens alone. */
async function openedAlone(store: Store): Promise<number> {
  const all = await chunks(store)
  const opened = all.map(({ key: [sha256, n], box }) =>
    box
      ? unseal(store.key, `chunks/${sha256}/${n}`, box).then(
          () => 1,
          () => 0,
        )
      : 0,
  )
  return (await Promise.all(opened)).reduce((sum: number, one) => sum + one, 0)
}

afterEach(() => vi.restoreAllMocks())

describe('a piece in camera', () => {
  it('is sealed with the share of the server too, every chunk of it', async () => {
    const store = await blank()
    await place(store, true)
    expect(await inCamera(store)).toEqual(new Set([PAPER.sha256]))
    await expect(put(store, PAPER, 0)).rejects.toThrow(ShareMissing)
    expect(await chunks(store)).toHaveLength(0)
    await keepShare(store, SHARE)
    await put(store, PAPER, 0)
    await put(store, PAPER, 1)
    expect(await openedAlone(store)).toBe(0)
    expect((await readFile(store, PAPER.sha256))?.sealedBy).toBe('share')
    expect(Buffer.compare((await readWhole(store, PAPER.sha256)) ?? Buffer.of(), PAPER.bytes)).toBe(
      0,
    )
  })

  it('opens no more once the share is erased, and again once it is back', async () => {
    const store = await blank()
    await place(store, true)
    await keepShare(store, SHARE)
    await put(store, PAPER, 0)
    await put(store, PAPER, 1)
    await forgetShare(store)
    await expect(readChunk(store, PAPER.sha256, 0)).rejects.toThrow(ShareMissing)
    expect(await readWhole(store, PAPER.sha256)).toBeUndefined()
    await keepShare(store, SHARE)
    expect(await readChunk(store, PAPER.sha256, 0)).toEqual(PAPER.bytes.subarray(0, CHUNK))
  })

  it('is no longer here when the server gives another share, slice by slice', async () => {
    const store = await blank()
    await place(store, true)
    await keepShare(store, SHARE)
    await put(store, PAPER, 0)
    await put(store, PAPER, 1)
    await forgetShare(store)
    await keepShare(store, new Uint8Array(32).fill(8))
    const both = [1, 0].map((n) => readChunk(store, PAPER.sha256, n))
    expect(await Promise.all(both)).toEqual([undefined, undefined])
    const left = await readFile(store, PAPER.sha256)
    expect([left?.have, left?.complete]).toEqual([[false, true], false])
    expect(await readWhole(store, PAPER.sha256)).toBeUndefined()
    await put(store, PAPER, 0)
    expect(await readChunk(store, PAPER.sha256, 8)).toBeUndefined()
    await put(store, PAPER, 1)
    expect(Buffer.compare((await readWhole(store, PAPER.sha256)) ?? Buffer.of(), PAPER.bytes)).toBe(
      0,
    )
  })

  it('that came out of camera when no share opens it is fetched again', async () => {
    const store = await blank()
    await place(store, true)
    await keepShare(store, SHARE)
    await put(store, PAPER, 0)
    await put(store, PAPER, 1)
    await keepShare(store, new Uint8Array(32).fill(8))
    await place(store, false)
    await resealFiles(store)
    expect((await readFile(store, PAPER.sha256))?.have).toEqual([false, false])
    expect(await chunks(store)).toHaveLength(0)
    await put(store, PAPER, 0)
    await put(store, PAPER, 1)
    await resealFiles(store)
    expect((await readFile(store, PAPER.sha256))?.sealedBy).toBeUndefined()
    expect(await openedAlone(store)).toBe((await chunks(store)).length)
  })

  it('is sealed again when its item goes in camera, and when it comes out', async () => {
    const store = await blank()
    await place(store, false)
    await put(store, PAPER, 0)
    await put(store, PAPER, 1)
    const all = (await chunks(store)).length
    expect(await openedAlone(store)).toBe(all)
    await place(store, true)
    await keepShare(store, SHARE)
    await resealFiles(store)
    expect(await openedAlone(store)).toBe(0)
    expect(Buffer.compare((await readWhole(store, PAPER.sha256)) ?? Buffer.of(), PAPER.bytes)).toBe(
      0,
    )
    await place(store, false)
    await resealFiles(store)
    expect(await openedAlone(store)).toBe(all)
    await forgetShare(store)
    expect(Buffer.compare((await readWhole(store, PAPER.sha256)) ?? Buffer.of(), PAPER.bytes)).toBe(
      0,
    )
  })

  it('that came out of camera and waits for the share does not hold the others back', async () => {
    const store = await blank()
    const both = [sample(1000, 3), sample(1000, 5)]
    const [first, last] = both.sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1)) as [Sample, Sample]
    await place(store, true, first)
    await keepShare(store, SHARE)
    await put(store, first, 0)
    await forgetShare(store)
    await place(store, false, first)
    // As a kill leaves it, after its last chunk and before its row.
    const left = await put(store, last, 0).then(() => readFile(store, last.sha256))
    if (left) await store.db.put('files', { ...left, sealedBy: 'mixed' })
    await resealFiles(store)
    expect((await readFile(store, last.sha256))?.sealedBy).toBeUndefined()
    expect((await readFile(store, first.sha256))?.sealedBy).toBe('share')
    expect(await needsShare(store)).toBe(true)
    await keepShare(store, SHARE)
    await resealFiles(store)
    expect(await needsShare(store)).toBe(false)
    expect(await openedAlone(store)).toBe(2)
  })

  it('erased for another share is still wanted where somebody had opened it', async () => {
    const store = await blank()
    await place(store, true)
    await keepShare(store, SHARE)
    await put(store, PAPER, 0)
    await markOpened(store, PAPER)
    await eraseShared(store)
    const { bytes: _, ...file } = PAPER
    const blankFile = { ...file, have: [false, false], complete: false, opened: true }
    expect(await readFile(store, PAPER.sha256)).toEqual(blankFile)
    expect(await chunks(store)).toHaveLength(0)
  })

  it('is sealed again to the end after a kill at any chunk, and readable all the while', async () => {
    for (let killed = 1; killed <= 9; killed++) {
      const store = await blank()
      await place(store, false)
      await put(store, PAPER, 0)
      await put(store, PAPER, 1)
      await place(store, true)
      await keepShare(store, SHARE)
      let left = killed
      const encrypt = crypto.subtle.encrypt.bind(crypto.subtle)
      const spy = vi.spyOn(crypto.subtle, 'encrypt').mockImplementation((...given) => {
        left -= 1
        return left === 0 ? Promise.reject(new Error('killed')) : encrypt(...given)
      })
      await expect(resealFiles(store)).rejects.toThrow('killed')
      spy.mockRestore()
      const whole = await readWhole(store, PAPER.sha256)
      expect(Buffer.compare(whole ?? Buffer.of(), PAPER.bytes)).toBe(0)
      await resealFiles(store)
      expect(await openedAlone(store)).toBe(0)
    }
  })

  it('that lacks a slice when it is sealed again is looked at once more', async () => {
    const store = await blank()
    await place(store, false)
    await put(store, PAPER, 1)
    await place(store, true)
    await keepShare(store, SHARE)
    await put(store, PAPER, 0)
    expect((await readFile(store, PAPER.sha256))?.sealedBy).toBe('mixed')
    await resealFiles(store)
    expect((await readFile(store, PAPER.sha256))?.sealedBy).toBe('share')
    expect(await openedAlone(store)).toBe(0)
  })
})
