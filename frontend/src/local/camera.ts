import { changed, onChange } from './changes'
import { readRows } from './rows'
import type { Store } from './schema'
import { type Sealed, seal, unseal } from './seal'
import { together, whole } from './whole'

/**
 * Pieces of items in camera. The key of each of their files is made of two parts: a secret of this
 * tablet that cannot be read out, and a share that the server gives to a device that may still read
 * them. The share is kept for the lease and erased at its end: then these files open no more, on
 * this tablet or on a copy of its disk made later, until the server gives it again.
 */

/** The server's share is not here, or no longer: it must be asked for. */
export class ShareMissing extends Error {
  override name = 'ShareMissing'
}

const SHARE = 'share'
/** Hash of the last share that was here. */
const KNOWN = 'share known'
const PLACE = 'meta/share'

interface Known {
  /** Hashes of the files of pieces in camera, as the rows say. */
  hashes?: Promise<Set<string>> | undefined
  /** Keys made of the share, by hash. */
  keys: Map<string, Promise<CryptoKey>>
}

let known = new WeakMap<CryptoKey, Known>()

function knownOf({ key }: Store): Known {
  const found = known.get(key) ?? { keys: new Map() }
  known.set(key, found)
  return found
}

onChange((topic) => {
  if (topic === 'rows' || topic === 'lease') known = new WeakMap()
})

/** Hashes of every file of a piece in camera; two pieces with the same bytes are both. */
export function inCamera(store: Store): Promise<Set<string>> {
  const mine = knownOf(store)
  mine.hashes ??= readInCamera(store)
  return mine.hashes
}

async function readInCamera(store: Store): Promise<Set<string>> {
  const hashes = new Set<string>()
  const items = (await readRows(store, 'agenda_item')).filter((item) => item.in_camera)
  if (items.length === 0) return hashes
  const closed = new Set(items.map(({ id }) => id))
  const documents = (await readRows(store, 'document')).filter(
    (one) => one.agenda_item_id !== null && closed.has(one.agenda_item_id),
  )
  const pieces = new Set(documents.map(({ id }) => id))
  for (const version of await readRows(store, 'document_version')) {
    if (!pieces.has(version.document_id)) continue
    const { sha256, text, preview } = version
    for (const file of [{ sha256 }, text, preview]) if (file) hashes.add(file.sha256)
  }
  return hashes
}

/** The key of one file of a piece in camera. Rejects with `ShareMissing`. */
export function cameraKey(store: Store, sha256: string): Promise<CryptoKey> {
  const { keys } = knownOf(store)
  const kept = keys.get(sha256)
  if (kept) return kept
  const making = makeCameraKey(store, sha256)
  keys.set(sha256, making)
  making.catch(() => keys.delete(sha256))
  return making
}

/** HKDF (RFC 5869) of both parts, bound to the file; it cannot be read out either. */
async function makeCameraKey(store: Store, sha256: string): Promise<CryptoKey> {
  const box = (await store.db.get('meta', SHARE)) as Sealed | undefined
  if (!box || !store.mix) throw new ShareMissing(sha256)
  const salt = await unseal(store.key, PLACE, box)
  const info = new TextEncoder().encode(`in camera/${sha256}`)
  const usages: KeyUsage[] = ['encrypt', 'decrypt']
  const from = { name: 'HKDF', hash: 'SHA-256', salt, info }
  return crypto.subtle.deriveKey(from, store.mix, { name: 'AES-GCM', length: 256 }, false, usages)
}

export async function hasShare(store: Store): Promise<boolean> {
  return (await store.db.getKey('meta', SHARE)) !== undefined
}

/** Whether another share was here before: the server makes one for each of its devices. */
export async function isNewShare(store: Store, share: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const known = (await store.db.get('meta', KNOWN)) as string | undefined
  return known !== undefined && known !== (await digest(share))
}

export async function keepShare(store: Store, share: Uint8Array<ArrayBuffer>): Promise<void> {
  const [box, hash] = [await seal(store.key, PLACE, share), await digest(share)]
  const tx = store.db.transaction('meta', 'readwrite')
  await whole(tx, async () => {
    await Promise.all([together(tx.store.put(box, SHARE)), tx.store.put(hash, KNOWN)])
  })
  changed('lease')
}

/** 256 random bits cannot be guessed from it. */
async function digest(share: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', share)).join()
}

/** What it sealed opens no more, until the server gives it again. */
export async function forgetShare(store: Store): Promise<void> {
  if (!(await hasShare(store))) return
  const tx = store.db.transaction('meta', 'readwrite', { durability: 'strict' })
  await tx.store.delete(SHARE)
  await tx.done
  changed('lease')
}
