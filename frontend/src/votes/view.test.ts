import { expect, it } from 'vitest'
import type { VoteIntention } from '../local/kinds'
import { write } from '../local/outbox'
import { applyPage } from '../local/rows'
import { makeStore, type Store } from '../local/store'
import { BLANK } from './preparation'
import { readVotes } from './votes.svelte'

const row: VoteIntention = {
  id: 'e1',
  agenda_item_id: 'i1',
  ...BLANK,
  choice: 'for',
  device_name: 'iPad',
  modified_at: '2026-11-20T10:00:00Z',
  other: null,
}

function bring(store: Store, seq: number, value: VoteIntention) {
  const rows = [{ kind: 'vote_intention', id: value.id, seq, value }]
  return applyPage(store, rows, (mark) => ({ mark: { ...mark, scan: 1 }, sweep: false }))
}

it('shows rows, then what waits here over them, each with what a change is made from', async () => {
  const store = await makeStore('voter', 'town')
  await bring(store, 41, row)
  expect((await readVotes(store)).get('i1')).toEqual({ intention: row, base: 41 })

  const body = { ...BLANK, agenda_item_id: 'i1', choice: 'against' as const, settles: false }
  const [one] = await write(store, [{ name: 'prepare_vote', entity: 'e1', body }])
  const other = { ...body, agenda_item_id: 'i2' }
  const [two] = await write(store, [{ name: 'prepare_vote', entity: 'e2', body: other }])
  // Another tablet's answer comes while ours waits: ours stays in sight.
  await bring(store, 57, { ...row, choice: 'abstain' })
  const shown = await readVotes(store)
  expect(shown.get('i1')).toMatchObject({ intention: { choice: 'against' }, base: one?.mid })
  expect(shown.get('i2')).toMatchObject({ intention: { id: 'e2' }, base: two?.mid })
})
