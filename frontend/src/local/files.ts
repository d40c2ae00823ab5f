import { changed } from './changes'
import type { FileRole, StoredFile } from './schema'
import { seal, unseal } from './seal'
import type { Store } from './store'
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

/**
 * Seals and stores one verified slice, whole or not at all. The file is complete when every slice
 * is here: the slices cover the file, lengths included, so nothing is left unverified.
 */
export async function putSlice(
  store: Store,
  wanted: WantedFile,
  n: number,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<StoredFile> {
  const first = (n * wanted.slice) / CHUNK
  const boxes = await Promise.all(
    Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, k) =>
      seal(
        store.key,
        chunkPlace(wanted.sha256, first + k),
        bytes.subarray(k * CHUNK, (k + 1) * CHUNK),
      ),
    ),
  )
  const tx = store.db.transaction(['files', 'chunks'], 'readwrite')
  const [files, chunks] = [tx.objectStore('files'), tx.objectStore('chunks')]
  const kept = await whole(tx, async () => {
    const file = (await files.get(wanted.sha256)) ?? blank(wanted)
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

/** One opened chunk; undefined when its slice is not here. */
export async function readChunk(
  store: Store,
  sha256: string,
  n: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const box = await store.db.get('chunks', [sha256, n])
  return box && unseal(store.key, chunkPlace(sha256, n), box)
}

/** The whole of a small file (page texts, a preview); undefined unless it is complete. */
export async function readWhole(
  store: Store,
  sha256: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const file = await readFile(store, sha256)
  if (!file?.complete) return undefined
  const whole = new Uint8Array(file.size)
  for (let n = 0; n * CHUNK < file.size; n++) {
    const chunk = await readChunk(store, sha256, n)
    if (!chunk) return undefined
    whole.set(chunk, n * CHUNK)
  }
  return whole
}

/** Erases files with their chunks, in one transaction. Returns the bytes given back. */
export async function eraseFiles(store: Store, hashes: Iterable<string>): Promise<number> {
  const tx = store.db.transaction(['files', 'chunks'], 'readwrite')
  const [files, chunks] = [tx.objectStore('files'), tx.objectStore('chunks')]
  const freed = await whole(tx, async () => {
    let bytes = 0
    for (const sha256 of hashes) {
      const file = await files.get(sha256)
      bytes += file ? heldBytes(file) : 0
      await files.delete(sha256)
      await chunks.delete(IDBKeyRange.bound([sha256], [sha256, []]))
    }
    return bytes
  })
  if (freed > 0) changed('files')
  return freed
}

/** Bytes of a file that are on the tablet. */
export function heldBytes(file: StoredFile): number {
  if (file.complete) return file.size
  return file.have.reduce((sum, here, n) => sum + (here ? sliceLength(file, n) : 0), 0)
}

export function sliceLength(file: { size: number; slice: number }, n: number): number {
  return Math.min(file.slice, file.size - n * file.slice)
}
