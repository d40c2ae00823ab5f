import type { Schemas } from '../api/types'
import type { VoteIntention } from '../local/kinds'
import { preparationOf } from './preparation'

interface Prepared {
  entity: string
  body: Schemas['PrepareVote']
  /** This tablet's clock (ISO 8601). */
  at: string
}

/**
 * The intention as it is once this tablet's own change is in: the whole preparation as written
 * here, and the answer of another tablet for as long as its author has not chosen (sync.md,
 * section 5). What another tablet wrote at the same time is for the server to compare: it alone
 * knows what both had seen.
 */
export function afterPrepared(
  before: VoteIntention | undefined,
  { entity, body, at }: Prepared,
): VoteIntention {
  return {
    id: entity,
    agenda_item_id: body.agenda_item_id,
    ...preparationOf(body),
    device_name: '',
    modified_at: at,
    other: body.settles ? null : (before?.other ?? null),
  }
}
