import { openDB } from 'idb'
import { keepShare } from '../../local/camera'
import { CHUNK, putSlice, readChunk, resealFiles, type WantedFile } from '../../local/files'
import { applyPage } from '../../local/rows'
import { NO_MARK } from '../../local/schema'
import { makeStore, type Store } from '../../local/store'
import { SLICE } from '../wanted'

/** What sealing costs, measured in a browser by `tests/bench/sealing.py`. Milliseconds. */

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await work()
  return Math.round(performance.now() - begin)
}

function slice(n: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(SLICE)
  for (let at = 0; at < SLICE; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  bytes[0] = n & 255
  return bytes
}

function wanted(sha256: string, slices: number): WantedFile {
  const size = slices * SLICE
  return { sha256, size, slice: SLICE, slices: Array(slices).fill(''), role: 'paper' }
}

/** The same bytes in the same boxes and transactions, in clear. */
async function plain(name: string, slices: number, bytes: Uint8Array<ArrayBuffer>) {
  const db = await openDB(name, 1, {
    upgrade(fresh) {
      fresh.createObjectStore('files')
      fresh.createObjectStore('chunks')
    },
  })
  const write = await timed(async () => {
    for (let n = 0; n < slices; n++) {
      const tx = db.transaction(['files', 'chunks'], 'readwrite')
      const first = (n * SLICE) / CHUNK
      for (let k = 0; k < SLICE / CHUNK; k++) {
        const part = bytes.slice(k * CHUNK, (k + 1) * CHUNK).buffer
        void tx.objectStore('chunks').put({ data: part }, ['file', first + k])
      }
      void tx.objectStore('files').put({ n }, 'file')
      await tx.done
    }
  })
  const read = await timed(async () => {
    for (let n = 0; n < (slices * SLICE) / CHUNK; n++) await db.get('chunks', ['file', n])
  })
  db.close()
  return { write, read }
}

async function sealed(store: Store, slices: number, bytes: Uint8Array<ArrayBuffer>) {
  const file = wanted(store.authority, slices)
  const write = await timed(async () => {
    for (let n = 0; n < slices; n++) await putSlice(store, file, n, bytes)
  })
  const read = await timed(async () => {
    for (let n = 0; n < file.size / CHUNK; n++) await readChunk(store, file.sha256, n)
  })
  return { write, read }
}

/** One piece, whose hash is the name of the authority, in camera or not. */
async function place(store: Store, in_camera: boolean): Promise<void> {
  const value = { id: 'i', sitting_id: 's', in_camera }
  const version = { id: 'v', document_id: 'd', sha256: store.authority, text: null, preview: null }
  const rows = [
    { kind: 'agenda_item', id: 'i', seq: 1, value },
    { kind: 'document', id: 'd', seq: 1, value: { id: 'd', sitting_id: 's', agenda_item_id: 'i' } },
    { kind: 'document_version', id: 'v', seq: 1, value: version },
  ]
  await applyPage(store, rows, () => ({ mark: NO_MARK, sweep: false }))
}

export async function measure(megabytes: number) {
  const slices = Math.round((megabytes * 1_000_000) / SLICE)
  const bytes = slice(1)
  // The first writes of a profile are slower, whoever makes them.
  await plain('warm', 10, bytes)
  const clear = await plain('clear', slices, bytes)
  const open = await makeStore('bench', 'open')
  const own = await sealed(open, slices, bytes)
  const closed = await makeStore('bench', 'closed')
  await place(closed, true)
  await keepShare(closed, crypto.getRandomValues(new Uint8Array(32)))
  const shared = await sealed(closed, slices, bytes)
  await place(open, true)
  await keepShare(open, crypto.getRandomValues(new Uint8Array(32)))
  const again = await timed(() => resealFiles(open))
  return { clear, own, shared, again }
}
