import { cameraKey, inCamera, ShareMissing } from './camera'
import { changed } from './changes'
import type { Chunk, FileRole, Store, StoredFile } from './schema'
import { seal, unseal } from './seal'
import { together, whole } from './whole'

/** Bytes of one sealed box: a random read opens one or two of them. */
export const CHUNK = 256 * 1024

/** A file somebody needs. `slices[n]` is the SHA-256 of bytes n × `slice` to (n + 1) × `slice`. */
export interface WantedFile {
  sha256: string
  size: number
  slice: number
  slices: string[]
  role: FileRole
}

export function readFile(store: Store, sha256: string): Promise<StoredFile | undefined> {
  return store.db.get('files', sha256)
}

export async function readFiles(store: Store): Promise<Map<string, StoredFile>> {
  return new Map((await store.db.getAll('files')).map((file) => [file.sha256, file]))
}

function blank({ sha256, size, slice, slices, role }: WantedFile): StoredFile {
  const have = slices.map(() => false)
  return { sha256, size, slice, slices, have, role, complete: have.length === 0, opened: false }
}

function chunkPlace(sha256: string, n: number): string {
  return `chunks/${sha256}/${n}`
}

async function sealChunk(
  store: Store,
  sha256: string,
  n: number,
  bytes: Uint8Array<ArrayBuffer>,
  shared: boolean,
): Promise<Chunk> {
  const key = shared ? await cameraKey(store, sha256) : store.key
  const box = await seal(key, chunkPlace(sha256, n), bytes)
  return shared ? { ...box, shared } : box
}

/** Undefined when the server gave another share since: its slice is then to be fetched again. */
async function openChunk(
  store: Store,
  sha256: string,
  n: number,
  box: Chunk,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const key = box.shared ? await cameraKey(store, sha256) : store.key
  try {
    return await unseal(key, chunkPlace(sha256, n), box)
  } catch (error) {
    const isOtherKey = error instanceof DOMException && error.name === 'OperationError'
    if (!box.shared || !isOtherKey) throw error
    await forgetSlice(store, sha256, n, box)
    return undefined
  }
}

/** Erases the slice of a chunk that no key opens any more, unless it has been fetched again. */
async function forgetSlice(store: Store, sha256: string, n: number, { iv }: Chunk): Promise<void> {
  const tx = store.db.transaction(['files', 'chunks'], 'readwrite')
  const [files, chunks] = [tx.objectStore('files'), tx.objectStore('chunks')]
  await whole(tx, async () => {
    const [file, box] = await Promise.all([files.get(sha256), chunks.get([sha256, n])])
    if (!file || box?.iv.join() !== iv.join()) return
    const boxes = file.slice / CHUNK
    const slice = Math.floor(n / boxes)
    file.have[slice] = false
    const range = [[sha256, slice * boxes], [sha256, (slice + 1) * boxes], false, true] as const
    await together(chunks.delete(IDBKeyRange.bound(...range)))
    await files.put({ ...file, complete: false })
  })
  changed('files')
}

/** How a file is sealed once a slice sealed this way comes to it. */
function sealedBy(file: StoredFile, shared: boolean): StoredFile['sealedBy'] {
  const now = shared ? 'share' : undefined
  return file.have.some(Boolean) && file.sealedBy !== now ? 'mixed' : now
}

function withSeal(file: StoredFile, how: StoredFile['sealedBy']): StoredFile {
  const { sealedBy: _, ...rest } = file
  return how ? { ...rest, sealedBy: how } : rest
}

/**
 * Seals and stores one verified slice, whole or not at all. The file is complete when every slice
 * is here: the slices cover the file, lengths included, so nothing is left unverified.
 *
 * Rejects with `ShareMissing` when it is of a piece in camera.
 */
export async function putSlice(
  store: Store,
  wanted: WantedFile,
  n: number,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<StoredFile> {
  const first = (n * wanted.slice) / CHUNK
  const shared = (await inCamera(store)).has(wanted.sha256)
  const boxes = await Promise.all(
    Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, k) => {
      const part = bytes.subarray(k * CHUNK, (k + 1) * CHUNK)
      return sealChunk(store, wanted.sha256, first + k, part, shared)
    }),
  )
  const tx = store.db.transaction(['files', 'chunks'], 'readwrite')
  const [files, chunks] = [tx.objectStore('files'), tx.objectStore('chunks')]
  const kept = await whole(tx, async () => {
    const before = (await files.get(wanted.sha256)) ?? blank(wanted)
    const file = withSeal(before, sealedBy(before, shared))
    file.have[n] = true
    file.complete = file.have.every(Boolean)
    await Promise.all([
      ...boxes.map((box, k) => together(chunks.put(box, [file.sha256, first + k]))),
      files.put(file),
    ])
    return file
  })
  changed('files')
  return kept
}

/** Remembers that somebody opened it, so that it is downloaded whole and kept. */
export async function markOpened(store: Store, file: WantedFile): Promise<void> {
  const tx = store.db.transaction('files', 'readwrite')
  const kept = (await tx.store.get(file.sha256)) ?? blank(file)
  if (!kept.opened) await tx.store.put({ ...kept, opened: true })
  await tx.done
  if (!kept.opened) changed('files')
}

/**
 * Seals again the files of pieces that went in camera, or came out of it since. Chunk by chunk: a kill
 * in between loses nothing, and what is left is done at the next call.
 */
export async function resealFiles(store: Store): Promise<void> {
  const closed = await inCamera(store)
  for (const file of (await readFiles(store)).values()) {
    const wanted = closed.has(file.sha256) ? 'share' : undefined
    // One that waits for the share does not hold the others back.
    if (file.sealedBy !== wanted) await reseal(store, file, wanted).catch(ifMissing)
  }
}

/** There is a piece in camera to open, or a file still sealed as one: the server's share is needed. */
export async function needsShare(store: Store): Promise<boolean> {
  if ((await inCamera(store)).size > 0) return true
  return [...(await readFiles(store)).values()].some(({ sealedBy }) => sealedBy !== undefined)
}

async function reseal(
  store: Store,
  { sha256, have }: StoredFile,
  wanted: 'share' | undefined,
): Promise<void> {
  const range = IDBKeyRange.bound([sha256], [sha256, []])
  for (const key of await store.db.getAllKeys('chunks', range)) {
    const box = await store.db.get('chunks', key)
    if (!box || (box.shared ?? false) === (wanted === 'share')) continue
    const bytes = await openChunk(store, sha256, key[1], box)
    if (!bytes) continue
    const again = await sealChunk(store, sha256, key[1], bytes, wanted === 'share')
    const tx = store.db.transaction('chunks', 'readwrite')
    // Erased meanwhile, it does not come back.
    await whole(tx, async () => {
      if (await tx.store.getKey(key)) await tx.store.put(again, key)
    })
  }
  const tx = store.db.transaction('files', 'readwrite')
  await whole(tx, async () => {
    const file = await tx.store.get(sha256)
    // A slice that came meanwhile may be sealed the old way: the next call looks again.
    const isWhole = file?.have.every((here, n) => here === have[n])
    if (file) await tx.store.put(withSeal(file, isWhole ? wanted : 'mixed'))
  })
}

/** One opened chunk; undefined when its slice is not here, or no more. Rejects with `ShareMissing`. */
export async function readChunk(
  store: Store,
  sha256: string,
  n: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const box = await store.db.get('chunks', [sha256, n])
  return box && openChunk(store, sha256, n, box)
}

/** The whole of a small file (page texts, a preview); undefined unless it is complete and opens. */
export async function readWhole(
  store: Store,
  sha256: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const file = await readFile(store, sha256)
  if (!file?.complete) return undefined
  const whole = new Uint8Array(file.size)
  for (let n = 0; n * CHUNK < file.size; n++) {
    const chunk = await readChunk(store, sha256, n).catch(ifMissing)
    if (!chunk) return undefined
    whole.set(chunk, n * CHUNK)
  }
  return whole
}

function ifMissing(error: unknown): undefined {
  if (!(error instanceof ShareMissing)) throw error
}

/**
 * Erases files with their chunks, in one transaction. Returns the bytes given back. `again`: what
 * somebody had opened is still wanted.
 */
export async function eraseFiles(
  store: Store,
  hashes: Iterable<string>,
  again = false,
): Promise<number> {
  const tx = store.db.transaction(['files', 'chunks'], 'readwrite')
  const [files, chunks] = [tx.objectStore('files'), tx.objectStore('chunks')]
  const freed = await whole(tx, async () => {
    let bytes = 0
    for (const sha256 of hashes) {
      const file = await files.get(sha256)
      bytes += file ? heldBytes(file) : 0
      if (again && file?.opened) await files.put({ ...blank(file), opened: true })
      else await files.delete(sha256)
      await chunks.delete(IDBKeyRange.bound([sha256], [sha256, []]))
    }
    return bytes
  })
  if (freed > 0) changed('files')
  return freed
}

/** Erases what a share of the server sealed that it gives no more. */
export async function eraseShared(store: Store): Promise<void> {
  const files = [...(await readFiles(store)).values()]
  await eraseFiles(
    store,
    files.filter(({ sealedBy }) => sealedBy).map(({ sha256 }) => sha256),
    true,
  )
}

/** Bytes of a file that are on the tablet. */
export function heldBytes(file: StoredFile): number {
  if (file.complete) return file.size
  return file.have.reduce((sum, here, n) => sum + (here ? sliceLength(file, n) : 0), 0)
}

export function sliceLength(file: { size: number; slice: number }, n: number): number {
  return Math.min(file.slice, file.size - n * file.slice)
}
