import { membership } from '../accounts/account.svelte'
import type { VoteIntention } from '../local/kinds'
import { live } from '../local/live.svelte'
import { type Base, readPending, seqOf, voteIntentionId, write } from '../local/outbox'
import { readRows } from '../local/rows'
import { openKept, openStore, type Store } from '../local/store'
import { replay } from '../local/view'
import { sync } from '../sync/shared.svelte'
import type { Preparation } from './preparation'
import { afterPrepared } from './replay'

/** An intention as the screen shows it, and what a change of it is made from. */
export interface Shown {
  intention: VoteIntention
  base: Base
}

/** Every intention of this authority, by item of the agenda: rows and outbox replayed. */
export type Votes = Map<string, Shown>

export async function readVotes(store: Store): Promise<Votes> {
  // The outbox first: what is acknowledged in between is then shown twice, never not at all.
  const pending = await readPending(store)
  const rows = await readRows(store, 'vote_intention')
  const shown = replay(rows, pending, (row, change) =>
    change.name === 'prepare_vote' ? afterPrepared(row, change) : row,
  )
  const last = new Map(pending.map(({ entity, mid }) => [entity, mid]))
  return new Map(
    await Promise.all(
      shown.map(async (intention): Promise<[string, Shown]> => {
        const { id, agenda_item_id } = intention
        const base = last.get(id) ?? (await seqOf(store, 'vote_intention', id))
        return [agenda_item_id, { intention, base }]
      }),
    ),
  )
}

export function liveVotes(authority: () => string): { readonly value: Votes | undefined } {
  return live(['rows', 'outbox', 'authorities'], async () =>
    readVotes(await openStore(sync.account, authority())),
  )
}

/**
 * Writes the whole preparation of an item down and gives the `mid` it got. `settles` when its
 * author saw two answers and chose.
 */
export async function prepareVote(
  authority: string,
  item: string,
  preparation: Preparation,
  base: Base,
  settles: boolean,
): Promise<string> {
  const member = membership(authority)?.member_id
  if (!member) throw new Error('nobody prepares here')
  const entity = await voteIntentionId(member, item)
  const body = { agenda_item_id: item, ...preparation, settles }
  const store = await openKept(sync.account, authority)
  const [written] = await write(store, [{ name: 'prepare_vote', entity, body, base }])
  return written?.mid ?? ''
}
