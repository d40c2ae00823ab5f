import { changed } from './changes'
import type { Store } from './schema'
import { sealJson, unsealJson } from './seal'
import { whole } from './whole'

/** Where somebody was in a piece. Private: sealed here, and sent nowhere. */
export interface Reading {
  document: string
  sitting: string
  /** Version that was being read. */
  version: string
  page: number
  pages: number
  /** Milliseconds since 1970, this tablet's clock. */
  at: number
  /** What the reader gave, to be given back as it is. */
  place: unknown
}

export async function keepReading(store: Store, reading: Reading): Promise<void> {
  const { document } = reading
  const sealed = await sealJson(store.key, `places/${document}`, reading)
  await store.db.put('places', { document, sealed })
  changed('places')
}

export async function readReading(store: Store, document: string): Promise<Reading | undefined> {
  const kept = await store.db.get('places', document)
  return kept && unsealJson<Reading>(store.key, `places/${document}`, kept.sealed)
}

export async function readReadings(store: Store): Promise<Reading[]> {
  const all = await store.db.getAll('places')
  return Promise.all(
    all.map(({ document, sealed }) => unsealJson<Reading>(store.key, `places/${document}`, sealed)),
  )
}

/** What somebody has seen of a dossier: the state of each piece, by document id. */
export type Seen = Record<string, { version: string | null; withdrawn: boolean }>

/** Undefined when the dossier was never opened on this tablet. */
export async function readSeen(store: Store, sitting: string): Promise<Seen | undefined> {
  const kept = await store.db.get('visits', sitting)
  return kept && unsealJson<Seen>(store.key, `visits/${sitting}`, kept.sealed)
}

export async function keepSeen(store: Store, sitting: string, seen: Seen): Promise<void> {
  const sealed = await sealJson(store.key, `visits/${sitting}`, seen)
  await store.db.put('visits', { sitting, sealed })
  changed('places')
}

/** Private marks of pieces and sittings that are no longer in the view leave too. */
export async function forgetPlaces(
  store: Store,
  documents: Set<string>,
  sittings: Set<string>,
): Promise<void> {
  const tx = store.db.transaction(['places', 'visits'], 'readwrite')
  const [places, visits] = [tx.objectStore('places'), tx.objectStore('visits')]
  await whole(tx, async () => {
    for (const id of await places.getAllKeys()) if (!documents.has(id)) await places.delete(id)
    for (const id of await visits.getAllKeys()) if (!sittings.has(id)) await visits.delete(id)
  })
}
