import { type Sealed, unsealJson } from './seal'

/** Sealed bytes of what one key keeps open: some thousands of notes, not a season of them. */
const ROOM = 8 * 1024 * 1024

interface Kept {
  iv: Uint8Array
  bytes: number
  value: unknown
}

/** What was opened last, by the place where its box is kept; what was asked longest ago goes first. */
class Memory {
  readonly #kept = new Map<string, Kept>()
  #bytes = 0

  get(place: string, { iv }: Sealed): Kept | undefined {
    const found = this.#kept.get(place)
    // A box is sealed once under its nonce: the same nonce at the same place is the same box.
    if (!found?.iv.every((byte, n) => byte === iv[n])) return undefined
    this.#kept.delete(place)
    this.#kept.set(place, found)
    return found
  }

  add(place: string, { iv, data }: Sealed, value: unknown): void {
    this.#drop(place)
    this.#kept.set(place, { iv, value, bytes: data.byteLength })
    this.#bytes += data.byteLength
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= ROOM) break
      this.#drop(oldest)
    }
  }

  #drop(place: string): void {
    this.#bytes -= this.#kept.get(place)?.bytes ?? 0
    this.#kept.delete(place)
  }
}

let memories = new WeakMap<CryptoKey, Memory>()

/**
 * Opens a box that was just read from its place, or gives what it held when it was opened before:
 * what left the database is never given again. Callers share the answer and change nothing in it.
 */
export async function openJson<T>(key: CryptoKey, place: string, box: Sealed): Promise<T> {
  const memory = memories.get(key) ?? new Memory()
  memories.set(key, memory)
  const known = memory.get(place, box)
  if (known) return known.value as T
  const value = await unsealJson<T>(key, place, box)
  // Forgotten meanwhile, this memory is nobody's: what comes late leaves with it.
  memory.add(place, box, value)
  return value
}

/** Forgets what one key opened: its store is closed, perhaps wiped. Without a key: the account left. */
export function forgetOpened(key?: CryptoKey): void {
  if (key) memories.delete(key)
  else memories = new WeakMap()
}
