import type { Role } from '../accounts/me'
import type { Schemas } from '../api/types'
import type { AttendanceAnswer, Sitting } from '../local/kinds'

export type Answer = AttendanceAnswer['answer']

export const ANSWERS = ['present', 'absent', 'excused'] as const

/** An answer as its author sees it: `received_at` is null until the town hall has it. */
export type MyAnswer = Omit<AttendanceAnswer, 'received_at'> & { received_at: string | null }

interface Answered {
  entity: string
  body: Schemas['AnswerCall']
  /** This tablet's clock (ISO 8601). */
  at: string
}

/** An answer that has not left the tablet. Whether it will be late is for the server's clock. */
export function afterAnswered({ entity, body, at }: Answered): MyAnswer {
  const { sitting_id, answer } = body
  return { id: entity, sitting_id, answer, answered_at: at, received_at: null, is_late: false }
}

/**
 * All answers of one sitting, the one in force first: those that wait here came after all that was
 * received, and of those the last received counts. `waiting` is in the order it was written.
 */
export function answersOf(
  { id }: Pick<Sitting, 'id'>,
  received: AttendanceAnswer[],
  waiting: MyAnswer[],
): MyAnswer[] {
  const here = (one: { sitting_id: string }) => one.sitting_id === id
  const known = new Set(received.map((one) => one.id))
  return [
    ...waiting.filter((one) => here(one) && !known.has(one.id)).reverse(),
    ...received
      .filter(here)
      // Two received in one push bear the same time: their names are in the order they were made.
      .sort((a, b) => b.received_at.localeCompare(a.received_at) || b.id.localeCompare(a.id)),
  ]
}

/**
 * Whether the call is asked of a person of these roles: whoever reads a sitting is called to it, but
 * for clerks, who read them all; of those, the ones who are called are councillors or guests too.
 */
export function isAsked(roles: Role[]): boolean {
  return !roles.includes('clerk') || roles.includes('councillor') || roles.includes('guest')
}

/** Whether a refusal of this moment is still news: what was answered since makes it old. */
export function isUnsettled(refusedAt: string, current: MyAnswer | undefined): boolean {
  if (!current) return true
  const { received_at } = current
  return received_at !== null && Date.parse(received_at) < Date.parse(refusedAt)
}
