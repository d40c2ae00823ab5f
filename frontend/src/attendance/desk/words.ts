import { shortDate, time } from '../../i18n/dates'
import { t } from '../../i18n/t'
import type { AttendanceLine, Stand } from './lines'

/** « présents », under their number. */
export function standInNumbers(stand: Stand, n: number): string {
  return t(`answers.stands.${stand}`, { n })
}

/** « Présent », or « Présente » of whom it is true. */
export function standName(stand: Stand, civility = ''): string {
  if (stand === 'silent') return t('answers.words.silent')
  const form = civility === 'Mme' ? 'feminine' : 'masculine'
  return t(`answers.words.${form}.${stand}`)
}

/** « Adjointe à la culture · Majorité · Invité » */
export function about({ position, group_name, is_guest, is_voting }: AttendanceLine): string {
  const parts = [position, group_name ?? '', is_guest ? t('answers.guest') : '']
  if (!is_guest && !is_voting) parts.push(t('answers.no_vote'))
  return parts.filter(Boolean).join(' · ')
}

/** « 18 novembre à 23 h 30 »: the hour tells who was late. */
export function received(at: string, zone: string): string {
  return `${shortDate(at, new Date(), zone)} à ${time(at, zone)}`
}
