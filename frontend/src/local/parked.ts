import type { ParkedMutation } from './kinds'
import { type Draft, VERSIONS, write } from './outbox'
import { countUnder, readRows } from './rows'
import type { Store } from './store'
import { readView } from './view'

/** Changes the server could not apply, the last first; without those that are being discarded. */
export async function readParked(store: Store): Promise<ParkedMutation[]> {
  if ((await countUnder(store, 'parked_mutation', '')) === 0) return []
  const parked = await readView(
    store,
    () => readRows(store, 'parked_mutation'),
    (row, change) => (change.name === 'discard_parked' ? null : row),
  )
  return parked.toSorted((a, b) => b.received_at.localeCompare(a.received_at))
}

/** What this version of the application does not know cannot be written by it. */
export function canRetry({ name, version }: ParkedMutation): boolean {
  return (VERSIONS as Record<string, number>)[name] === version && name !== 'discard_parked'
}

/** Writes the same thing again, made from what is here now, and lets the parked one go: both or none. */
export async function retryParked(store: Store, parked: ParkedMutation): Promise<void> {
  const { name, entity, body } = parked
  await write(store, [{ name, entity, body } as Draft, discarding(parked)])
}

export async function discardParked(store: Store, parked: ParkedMutation): Promise<void> {
  await write(store, [discarding(parked)])
}

function discarding({ id }: ParkedMutation): Draft {
  return { name: 'discard_parked', entity: id, body: {} }
}
