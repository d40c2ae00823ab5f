import { dayAndTime } from '../i18n/dates'
import { live } from '../local/live.svelte'
import { type Parked, readParked } from '../local/parked'
import { readRow } from '../local/rows'
import type { Store } from '../local/store'
import { openHeld } from './held.svelte'
import { aboutOf } from './recover'

/** Changes to recover of one thing, with what this tablet still knows of what it was about. */
export interface Recoverable {
  parked: Parked
  store: Store
  authority: string
  /** Title of the piece or item, or day of the sitting. */
  about: string | undefined
  page: number | undefined
  /** Where the piece is read. */
  href: string | undefined
}

async function describe(store: Store, parked: Parked): Promise<Recoverable> {
  const authority = (await readRow(store, 'authority', store.authority))?.name ?? ''
  const note = await readRow(store, 'annotation', parked[0].entity)
  const about = aboutOf(parked[0])
  const id = about.document ?? note?.document_id
  const piece = id ? await readRow(store, 'document', id) : undefined
  const item = about.item ? await readRow(store, 'agenda_item', about.item) : undefined
  const sitting = about.sitting ? await readRow(store, 'sitting', about.sitting) : undefined
  return {
    parked,
    store,
    authority,
    about:
      piece?.title ?? item?.title ?? (sitting && dayAndTime(sitting.starts_at, sitting.time_zone)),
    page: about.page ?? note?.page,
    href: piece && `/seances/${store.authority}/${piece.sitting_id}/${piece.id}`,
  }
}

/** All that waits for its author, in every authority. Call it while a component is made. */
export function liveRecoverable(): { readonly value: Recoverable[] | undefined } {
  return live(['rows', 'outbox', 'authorities'], async () => {
    const stores = await openHeld()
    const all = stores.map(async (store) =>
      Promise.all((await readParked(store)).map((parked) => describe(store, parked))),
    )
    return (await Promise.all(all)).flat()
  })
}
