import { beforeEach, expect, it, vi } from 'vitest'
import { answerCall } from '../attendance/attendance.svelte'
import type { Sitting } from '../local/kinds'
import { renewLease } from '../local/lease'
import { readPending } from '../local/outbox'
import { Locked, makeStore, openStore } from '../local/store'
import { markRead } from '../readings/readings.svelte'
import { BLANK } from '../votes/preparation'
import { prepareVote } from '../votes/votes.svelte'
import { share } from './shared.svelte'

vi.mock(import('../accounts/account.svelte'), async (original) => ({
  ...(await original()),
  membership: () => ({ member_id: '019a7c1e-0000-7000-8000-000000000001' }) as never,
}))

beforeEach(() => share({ account: 'anne' }))

it('keeps what is written at the second the lease ends, though nothing is shown any more', async () => {
  const store = await makeStore('anne', 'town')
  await renewLease(store, Date.now() - 31 * 24 * 3_600_000)
  await expect(openStore('anne', 'town')).rejects.toThrow(Locked)
  const item = '019a7c1e-0000-7000-8000-000000000002'
  await prepareVote('town', item, { ...BLANK, argument: 'Trop cher.' }, 0, false)
  await markRead('town', item, true)
  await answerCall({ id: 's1' } as Sitting, 'town', 'present' as never)
  const written = (await readPending(store)).map(({ name }) => name)
  expect(written).toEqual(['prepare_vote', 'keep_reading', 'answer_call'])
})
