import { hasShare, inCamera, isNewShare, keepShare } from '../local/camera'
import { eraseShared, putSlice, readFile, sliceLength, type WantedFile } from '../local/files'
import { renewLease } from '../local/lease'
import type { Store } from '../local/store'
import type { Remote } from './remote'

/** What came is not what the server's row announced: a broken cable, a cache, or worse. */
export class Corrupt extends Error {
  override name = 'Corrupt'
}

/** Runs `work` alone among all tabs. */
export type Lock = <T>(name: string, work: () => Promise<T>) => Promise<T>

const webLock: Lock = (name, work) => navigator.locks.request(name, work) as ReturnType<typeof work>

async function hexDigest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * Asks for the server's share of the keys of pieces in camera, unless it is here. With another one
 * than before, what that one sealed is erased: better fetched again now than missing in the room.
 * Says whether it came.
 */
export async function bringShare(store: Store, remote: Remote): Promise<boolean> {
  if (await hasShare(store)) return false
  const share = await remote.share(store.authority)
  // A word of the server like any other: a lease still over would erase the share at once, and whoever
  // then asks again would never end.
  await renewLease(store, Date.now())
  if (await isNewShare(store, share)) await eraseShared(store)
  await keepShare(store, share)
  return true
}

/**
 * Brings slice `n` of a file to the tablet, verified and sealed; returns the bytes that travelled,
 * 0 when it was here. Whatever the number of tabs, each slice is fetched once.
 *
 * Every slice being the one announced makes the file the one announced: the row that lists the
 * slices came from the server beside the hash of the whole, and the slices cover it end to end.
 */
export function fetchSlice(
  store: Store,
  remote: Remote,
  file: WantedFile,
  n: number,
  lock: Lock = webLock,
): Promise<number> {
  return lock(`cartable:${store.authority}:${file.sha256}:${n}`, async () => {
    if ((await readFile(store, file.sha256))?.have[n]) return 0
    if ((await inCamera(store)).has(file.sha256)) await bringShare(store, remote)
    const begin = n * file.slice
    const length = sliceLength(file, n)
    const bytes = await remote.bytes(store.authority, file.sha256, begin, begin + length)
    if (bytes.length !== length || (await hexDigest(bytes)) !== file.slices[n]) {
      throw new Corrupt(`${file.sha256}, slice ${n}`)
    }
    await putSlice(store, file, n, bytes)
    return length
  })
}
