import { membership } from '../accounts/account.svelte'
import type { Schemas } from '../api/types'
import type { ParkedMutation, Sitting } from '../local/kinds'
import { live } from '../local/live.svelte'
import { readPending, uuid7, write } from '../local/outbox'
import { readParked } from '../local/parked'
import { readUnder } from '../local/rows'
import { openKept, openStore, type Store } from '../local/store'
import { sync } from '../sync/shared.svelte'
import { type Answer, afterAnswered, answersOf, isAsked, type MyAnswer } from './answers'

/** My answers to the call of one sitting, the one in force first. */
export async function readAnswers(store: Store, sitting: Sitting): Promise<MyAnswer[]> {
  // The outbox first: what is acknowledged in between is then in both, and shown once.
  const pending = await readPending(store)
  const waiting = pending.flatMap((one) => (one.name === 'answer_call' ? [afterAnswered(one)] : []))
  return answersOf(sitting, await readUnder(store, 'attendance_answer', sitting.id), waiting)
}

/** When the last refused answer to this call came to the server; null when none waits for its author. */
export function liveRefused(
  authority: () => string,
  sitting: () => string,
): { readonly value: string | null | undefined } {
  return live(['rows', 'outbox'], async () => {
    const parked = await readParked(await openStore(sync.account, authority()))
    const isMine = ({ name, body }: ParkedMutation) =>
      name === 'answer_call' && (body as Schemas['AnswerCall'] | null)?.sitting_id === sitting()
    const times = parked
      .flat()
      .filter(isMine)
      .map(({ received_at }) => received_at)
    return times.toSorted().at(-1) ?? null
  })
}

/** Each answer is an act of its own: those before it stay. */
export async function answerCall(sitting: Sitting, authority: string, answer: Answer) {
  const store = await openKept(sync.account, authority)
  const body = { sitting_id: sitting.id, answer }
  await write(store, [{ name: 'answer_call', entity: uuid7(), body }])
}

export function mayAnswer(authority: string): boolean {
  return isAsked(membership(authority)?.roles ?? [])
}
