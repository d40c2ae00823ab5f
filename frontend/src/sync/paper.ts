import { ShareMissing } from '../local/camera'
import { CHUNK, readChunk, readWhole, type WantedFile } from '../local/files'
import type { DocumentVersion } from '../local/kinds'
import type { Store } from '../local/store'
import { type Remote, remote as server } from './remote'
import { bringShare, fetchSlice, type Lock } from './slices'
import { paperOf } from './wanted'

let urgent = 0

/** Somebody is waiting for bytes in front of the screen. */
export function isUrgent(): boolean {
  return urgent > 0
}

/** Opened boxes kept at hand: a reader comes back to the same ones (4 MiB). */
const AT_HAND = 16

/**
 * The bytes of a paper for the reader: from the tablet, or straight from the server when a slice is
 * not here yet; that slice is then kept, so nothing travels twice. Rejects as `Remote.bytes` does.
 */
export class PaperBytes {
  readonly size: number
  readonly #file: WantedFile
  #open = new Map<number, Promise<Uint8Array<ArrayBuffer>>>()

  constructor(
    private readonly store: Store,
    version: DocumentVersion,
    private readonly remote: Remote = server,
    private readonly lock?: Lock,
  ) {
    this.#file = paperOf(version)
    this.size = version.size
  }

  async read(begin: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const out = new Uint8Array(end - begin)
    const first = Math.floor(begin / CHUNK)
    const numbers = Array.from(
      { length: Math.ceil(end / CHUNK) - first },
      (_, index) => first + index,
    )
    const chunks = await Promise.all(numbers.map((n) => this.#chunk(n)))
    chunks.forEach((chunk, index) => {
      const at = (first + index) * CHUNK
      const from = Math.max(begin, at)
      const to = Math.min(end, at + chunk.length)
      out.set(chunk.subarray(from - at, to - at), from - begin)
    })
    return out
  }

  #chunk(n: number): Promise<Uint8Array<ArrayBuffer>> {
    const kept = this.#open.get(n)
    const opening = kept ?? this.#load(n)
    this.#open.delete(n)
    this.#open.set(n, opening)
    if (!kept) opening.catch(() => this.#open.delete(n))
    const oldest = this.#open.keys().next().value
    if (this.#open.size > AT_HAND && oldest !== undefined) this.#open.delete(oldest)
    return opening
  }

  /** It is here, but the lease of pieces in camera was over: the server is asked. */
  async #shared(n: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    await bringShare(this.store, this.remote)
    return readChunk(this.store, this.#file.sha256, n)
  }

  async #load(n: number): Promise<Uint8Array<ArrayBuffer>> {
    const { sha256, slice } = this.#file
    const here = await readChunk(this.store, sha256, n).catch((error: unknown) => {
      if (!(error instanceof ShareMissing)) throw error
      return this.#shared(n)
    })
    if (here) return here
    urgent += 1
    try {
      const wanted = Math.floor((n * CHUNK) / slice)
      await fetchSlice(this.store, this.remote, this.#file, wanted, this.lock)
    } finally {
      urgent -= 1
    }
    const fetched = await readChunk(this.store, sha256, n)
    if (!fetched) throw new Error(`chunk ${n} of ${sha256} is not in its slice`)
    return fetched
  }
}

/** One string a page, or null while they are not on the tablet. */
export async function readPageTexts(
  store: Store,
  version: DocumentVersion,
): Promise<string[] | null> {
  const packed = version.text && (await readWhole(store, version.text.sha256))
  if (!packed) return null
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))
  return (await new Response(unpacked).json()) as string[]
}
