import type { AgendaItem, VoteIntention } from '../local/kinds'

export type Choice = VoteIntention['choice']

/** What a councillor prepares of one item. It is never a vote. */
export type Preparation = Pick<
  VoteIntention,
  'choice' | 'argument' | 'speech' | 'question' | 'is_concerned'
>

export const CHOICES = ['for', 'against', 'abstain', 'not_voting', 'undecided'] as const
export const TEXTS = ['argument', 'speech', 'question'] as const

export const BLANK: Preparation = {
  choice: 'undecided',
  argument: '',
  speech: '',
  question: '',
  is_concerned: false,
}

/** The five fields alone, whatever stands beside them. */
export function preparationOf(from: Preparation): Preparation {
  const { choice, argument, speech, question, is_concerned } = from
  return { choice, argument, speech, question, is_concerned }
}

export function isSame(one: Preparation, other: Preparation): boolean {
  return (
    one.choice === other.choice &&
    one.is_concerned === other.is_concerned &&
    TEXTS.every((text) => one[text] === other[text])
  )
}

/** Items that end with a vote; the others can be prepared in words only. */
export function isVoted({ kind }: AgendaItem): boolean {
  return kind === 'deliberation' || kind === 'motion'
}

/** Its author knows what to do when it comes up. */
export function isReady(one: Preparation | undefined): boolean {
  return one !== undefined && (one.choice !== 'undecided' || one.is_concerned)
}

export interface Tally {
  /** Items to be voted whose author knows what to do. */
  ready: number
  voted: number
  questions: number
}

export function tally(items: AgendaItem[], prepared: Map<string, Preparation>): Tally {
  const voted = items.filter(isVoted)
  return {
    ready: voted.filter(({ id }) => isReady(prepared.get(id))).length,
    voted: voted.length,
    questions: items.filter(({ id }) => prepared.get(id)?.question.trim()).length,
  }
}

/** Both texts where they differ, the first one first; the rest as in the first. */
export function joined(first: Preparation, second: Preparation): Preparation {
  const result = preparationOf(first)
  for (const text of TEXTS) {
    if (result[text].includes(second[text])) continue
    result[text] = second[text].includes(result[text])
      ? second[text]
      : `${result[text]}\n\n${second[text]}`
  }
  return result
}
