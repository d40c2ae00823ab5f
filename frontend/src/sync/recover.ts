import { hasText, t } from '../i18n/t'
import type { ParkedMutation } from '../local/kinds'
import type { Body } from '../local/outbox'
import type { Parked } from '../local/parked'

const MARKS = ['ink', 'highlight', 'note', 'bookmark'] as const
const DEEDS = [
  'edit_note',
  'style_annotation',
  'delete_annotation',
  'prepare_vote',
  'keep_reading',
  'answer_call',
  'discard_parked',
] as const

/** The body of a change of this name; anything may have been written by a later version. */
function bodyOf<N extends keyof Body>({ name, body }: ParkedMutation, which: N): Partial<Body[N]> {
  return name === which && typeof body === 'object' && body !== null ? (body as Body[N]) : {}
}

/** What it was, in plain French: what began it says more than what followed. */
export function kindInWords([first]: Parked): string {
  const { mark } = bodyOf(first, 'put_annotation')
  const kind = MARKS.find((one) => one === mark?.kind) ?? DEEDS.find((one) => one === first.name)
  return t(`recover.kinds.${kind ?? 'other'}`)
}

/** Why it was refused, as a sentence: the first refusal brought the others. */
export function whyInWords([{ code }]: Parked): string {
  const key = `errors.${code}`
  return hasText(key) ? t(key) : t('errors.unknown', { code })
}

/** The words its author wrote, as they were last, one paragraph each; none for a stroke of a pen. */
export function wordsOf(parked: Parked, civility = ''): string[] {
  const last = new Map(parked.map((one) => [one.name, one]))
  return [...new Set([...last.values()].flatMap((one) => wordsIn(one, civility)))]
}

function wordsIn(parked: ParkedMutation, civility: string): string[] {
  const { mark } = bodyOf(parked, 'put_annotation')
  const quote = mark && 'quote' in mark ? mark.quote?.exact : undefined
  const text = mark?.kind === 'note' ? mark.text : bodyOf(parked, 'edit_note').text
  const { choice, argument, speech, question } = bodyOf(parked, 'prepare_vote')
  const { answer } = bodyOf(parked, 'answer_call')
  const label = mark?.label ?? bodyOf(parked, 'style_annotation').label
  return [
    choice && choice !== 'undecided' && t(`recover.choices.${choice}`),
    answer &&
      (civility === 'Mme'
        ? t(`recover.answers.feminine.${answer}`)
        : t(`recover.answers.masculine.${answer}`)),
    quote && `« ${quote} »`,
    ...[text, label, argument, speech, question],
  ].filter((words): words is string => typeof words === 'string' && words.trim() !== '')
}

/** What it was written about: the id of a row that this tablet may still hold. */
export function aboutOf(parked: ParkedMutation): {
  document?: string | undefined
  item?: string | undefined
  sitting?: string | undefined
  page?: number | undefined
} {
  const put = bodyOf(parked, 'put_annotation')
  const reading = bodyOf(parked, 'keep_reading')
  return {
    document: put.document_id ?? reading.document_id,
    page: put.page ?? reading.position?.page,
    item: bodyOf(parked, 'prepare_vote').agenda_item_id,
    sitting: bodyOf(parked, 'answer_call').sitting_id,
  }
}
