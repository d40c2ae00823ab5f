import type { Authority } from '../local/kinds'
import { live } from '../local/live.svelte'
import { readRows } from '../local/rows'
import { openHeld } from '../sync/held.svelte'
import { type Listing, listings } from './listing'

/** The directory of one authority, as the tablet holds it. */
export interface TownListing {
  authority: Authority
  listings: Listing[]
}

/** Directories of every authority of the account, off line too. */
export function liveDirectory(): { readonly value: TownListing[] | undefined } {
  return live(['rows', 'authorities'], async () => {
    const towns = await Promise.all(
      (await openHeld()).map(async (store): Promise<TownListing | null> => {
        const [[authority], members, contacts] = await Promise.all([
          readRows(store, 'authority'),
          readRows(store, 'member'),
          readRows(store, 'contact'),
        ])
        return authority ? { authority, listings: listings(members, contacts) } : null
      }),
    )
    return towns.filter((one): one is TownListing => one !== null)
  })
}
