import { membership } from '../accounts/account.svelte'
import { date, time } from '../i18n/dates'
import { t } from '../i18n/t'
import type { Answer } from './answers'

/** « Présente », as one says it of a person of this civility; the masculine where it is not known. */
export function answerName(answer: Answer, civility: string | undefined): string {
  return civility === 'Mme'
    ? t(`attendance.answers.feminine.${answer}`)
    : t(`attendance.answers.masculine.${answer}`)
}

/** Who receives the answers: « la mairie » of a commune, « le secrétariat » of any other authority. */
export function receiver(authority: string): string {
  return membership(authority)?.authority.kind === 'commune'
    ? t('attendance.town_hall')
    : t('attendance.clerks')
}

/** « 3 décembre 2026 à 18 h 30 » */
export function moment(at: string, zone: string): string {
  return `${date(at, zone)} à ${time(at, zone)}`
}
