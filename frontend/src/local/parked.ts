import type { ParkedMutation } from './kinds'
import { type Draft, VERSIONS, write } from './outbox'
import { countUnder, readRows } from './rows'
import type { Store } from './schema'
import { readView } from './view'

/** Changes of one thing that the server could not apply, in the order they were written. */
export type Parked = [ParkedMutation, ...ParkedMutation[]]

/**
 * What waits for its author, the last first; without what is being discarded. Changes of one thing
 * stay together: tried again apart, an old one could write over a newer one.
 */
export async function readParked(store: Store): Promise<Parked[]> {
  if ((await countUnder(store, 'parked_mutation', '')) === 0) return []
  const all = await readView(
    store,
    () => readRows(store, 'parked_mutation'),
    (row, change) => (change.name === 'discard_parked' ? null : row),
  )
  const byEntity = new Map<string, Parked>()
  // A mid is a UUIDv7: it sorts by the time it was written.
  for (const one of all.toSorted((a, b) => a.id.localeCompare(b.id))) {
    const before = byEntity.get(one.entity)
    if (before) before.push(one)
    else byEntity.set(one.entity, [one])
  }
  return [...byEntity.values()].toSorted(([a], [b]) => b.received_at.localeCompare(a.received_at))
}

/** What this version of the application does not know cannot be written by it. */
export function canRetry(parked: Parked): boolean {
  const versions = VERSIONS as Record<string, number>
  return parked.every((one) => versions[one.name] === one.version && one.name !== 'discard_parked')
}

/** Writes the same again, made from what is here now, and lets the parked ones go: all or nothing. */
export async function retryParked(store: Store, parked: Parked): Promise<void> {
  const again = parked.map(({ name, entity, body }) => ({ name, entity, body }) as Draft)
  await write(store, [...again, ...parked.map(discarding)])
}

export async function discardParked(store: Store, parked: Parked): Promise<void> {
  await write(store, parked.map(discarding))
}

function discarding({ id }: ParkedMutation): Draft {
  return { name: 'discard_parked', entity: id, body: {} }
}
