import { date, time } from '../i18n/dates'
import { t } from '../i18n/t'
import type { Answer } from './answers'

/** « Présente », as one says it of a person of this civility; the masculine where it is not known. */
export function answerName(answer: Answer, civility: string | undefined): string {
  return civility === 'Mme'
    ? t(`attendance.answers.feminine.${answer}`)
    : t(`attendance.answers.masculine.${answer}`)
}

/** « 3 décembre 2026 à 18 h 30 » */
export function moment(at: string, zone: string): string {
  return `${date(at, zone)} à ${time(at, zone)}`
}
