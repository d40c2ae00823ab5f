import { membership } from '../accounts/account.svelte'
import type { MyAnswer } from '../attendance/answers'
import { readAnswers } from '../attendance/attendance.svelte'
import { type Dossier, readDossier } from '../local/dossier'
import type { Assembly, Authority, Member } from '../local/kinds'
import { type Live, live } from '../local/live.svelte'
import { keepSeen, readSeen, type Seen } from '../local/places'
import { readRow, readRows } from '../local/rows'
import { openStore } from '../local/store'
import { type Readings, readReadingsOf } from '../readings/readings.svelte'
import { sync } from '../sync/shared.svelte'
import { readVotes, type Votes } from '../votes/votes.svelte'
import { seenOf } from './changes'
import { readNoteCounts } from './notes'

/** Everything the screen of one sitting shows, from the tablet alone. */
export interface Opened {
  authority: Authority | undefined
  assembly: Assembly | undefined
  dossier: Dossier
  members: Map<string, Member>
  seen: Seen | undefined
}

/** What the person who reads it did with it: nobody else sees that, their answer excepted. */
export interface Mine {
  answers: MyAnswer[]
  readings: Readings
  votes: Votes
  /** How many notes are on each piece, by document id. */
  notes: Map<string, number>
  /** To say « présente » to whom it is true of. */
  civility: string | undefined
}

async function read(account: string, authorityId: string, sitting: string) {
  const store = await openStore(account, authorityId)
  const dossier = await readDossier(store, sitting)
  if (!dossier) return null
  const [[authority], assembly, members, seen] = await Promise.all([
    readRows(store, 'authority'),
    readRow(store, 'assembly', dossier.sitting.assembly_id),
    readRows(store, 'member'),
    readSeen(store, sitting),
  ])
  const opened: Opened = {
    authority,
    assembly,
    dossier,
    members: new Map(members.map((member) => [member.id, member])),
    seen,
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

/** What I did with a dossier, from the tablet and what waits on it. */
export function liveMine(
  authority: () => string,
  dossier: () => Dossier | undefined,
): Live<Mine | undefined> {
  return live(['rows', 'outbox', 'places', 'authorities'], async () => {
    const [id, shown, account] = [authority(), dossier(), sync.account]
    if (!shown) return undefined
    const store = await openStore(account, id)
    const me = membership(id)?.member_id
    const [answers, readings, votes, notes, member] = await Promise.all([
      readAnswers(store, shown.sitting),
      readReadingsOf(store, shown),
      readVotes(store),
      readNoteCounts(store, shown),
      me ? readRow(store, 'member', me) : undefined,
    ])
    return { answers, readings, votes, notes, civility: member?.civility }
  })
}

/** Everything in the dossier is seen as it is now. */
export async function markSeen(authority: string, dossier: Dossier): Promise<void> {
  const store = await openStore(sync.account, authority)
  await keepSeen(store, dossier.sitting.id, seenOf(dossier))
}
