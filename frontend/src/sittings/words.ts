import { daysBetween, inDays, time } from '../i18n/dates'
import { count, duration, list, size } from '../i18n/numbers'
import { type Key, t } from '../i18n/t'
import type { Member, Sitting, SittingDocument } from '../local/kinds'
import type { Readiness } from '../local/readiness'
import { secondsLeft } from '../sync/line'
import type { Change, ChangeKind } from './changes'
import { readingMinutes } from './reading-time'

/** « dans 5 jours », in three lines of a leaf; or one word on the day itself and the eve. */
export function countdown(sitting: Sitting, now = new Date()): { word: string; days?: number } {
  const { starts_at, time_zone } = sitting
  const days = daysBetween(now, starts_at, time_zone)
  if (days > 1) return { word: t('sittings.in_days', { n: days }), days }
  if (Date.parse(starts_at) <= now.getTime()) return { word: t('sittings.under_way') }
  const when = { day: inDays(starts_at, now, time_zone), time: time(starts_at, time_zone) }
  return { word: t('sittings.day_at', when) }
}

const CHANGES: Record<ChangeKind, Key> = {
  replaced: 'sittings.changes.replaced',
  added: 'sittings.changes.added',
  withdrawn: 'sittings.changes.withdrawn',
}

/** « 1 pièce remplacée, 1 ajoutée »: the noun is said once. */
export function changesInWords(changes: Change[]): string {
  const kinds = Object.keys(CHANGES) as ChangeKind[]
  const counted = kinds
    .map((kind) => ({ kind, n: changes.filter((change) => change.kind === kind).length }))
    .filter(({ n }) => n > 0)
  return counted
    .map(({ kind, n }, index) =>
      t(index === 0 ? CHANGES[kind] : (`${CHANGES[kind]}_short` as Key), { n }),
    )
    .join(', ')
}

/** « 7 pièces sur 12, 49 Mo sur 84 Mo, encore 1 min environ » */
export function arriving({ pieces, ready, size: all, held }: Readiness, rate: number): string {
  const seconds = secondsLeft(all - held, rate)
  const params = { n: ready, pieces, held: size(held), size: size(all) }
  return seconds
    ? t('sittings.arriving_left', { ...params, left: duration(seconds) })
    : t('sittings.arriving', params)
}

export function documentKind({ kind }: SittingDocument): string {
  return t(`kinds.document.${kind}`)
}

/** « environ 50 min », « environ 4 h » */
export function readingTime(pages: number): string {
  return t('sittings.reading_time', {
    time: duration(readingMinutes(pages) * 60).replace(/\s00$/, ''),
  })
}

/** « Mme Diallo » */
export function memberName({ civility, first_name, last_name }: Member): string {
  return `${civility || first_name} ${last_name}`.trim()
}

export function pagesInWords(pages: number): string {
  return t('sittings.pages', { n: pages })
}

export { count, list, size }
