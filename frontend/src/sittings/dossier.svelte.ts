import { type Dossier, readDossier } from '../local/dossier'
import type { Assembly, Authority, Member } from '../local/kinds'
import { live } from '../local/live.svelte'
import { keepSeen, type Reading, readReadings, readSeen, type Seen } from '../local/places'
import { readRow, readRows } from '../local/rows'
import { openStore } from '../local/store'
import { sync } from '../sync/shared.svelte'
import { seenOf } from './changes'

/** Everything the screen of one sitting shows, from the tablet alone. */
export interface Opened {
  authority: Authority | undefined
  assembly: Assembly | undefined
  dossier: Dossier
  members: Map<string, Member>
  seen: Seen | undefined
  /** Where the person was last in this sitting. */
  reading: Reading | undefined
}

async function read(account: string, authorityId: string, sitting: string) {
  const store = await openStore(account, authorityId)
  const dossier = await readDossier(store, sitting)
  if (!dossier) return null
  const [[authority], assembly, members, seen, readings] = await Promise.all([
    readRows(store, 'authority'),
    readRow(store, 'assembly', dossier.sitting.assembly_id),
    readRows(store, 'member'),
    readSeen(store, sitting),
    readReadings(store),
  ])
  const [reading] = readings
    .filter((one) => one.sitting === sitting)
    .toSorted((a, b) => b.at - a.at)
  const opened: Opened = {
    authority,
    assembly,
    dossier,
    members: new Map(members.map((member) => [member.id, member])),
    seen,
    reading,
  }
  return opened
}

/** The dossier of a sitting; null when it is not, or no longer, in the view. */
export function liveDossier(
  authority: () => string,
  sitting: () => string,
): { readonly value: Opened | null | undefined } {
  return live(['rows', 'places', 'authorities'], () => read(sync.account, authority(), sitting()))
}

/** Everything in the dossier is seen as it is now. */
export async function markSeen(authority: string, dossier: Dossier): Promise<void> {
  const store = await openStore(sync.account, authority)
  await keepSeen(store, dossier.sitting.id, seenOf(dossier))
}
