import { date } from '../../i18n/dates'
import { list } from '../../i18n/numbers'
import { hasText, t } from '../../i18n/t'
import { ROLES } from '../../members/desk/words'
import type { ActivityLine, JournalLine } from './shapes'

/** Deeds that no member does: the host's, and those of the night. */
const OF_THE_HOST = /^authority\./

/** « Claire Petit a convoqué la séance du 3 décembre 2026 » */
export function sentence(line: JournalLine): string {
  const key = `journal.events.${line.event}`
  const params = { ...words(line), who: actor(line) }
  return hasText(key) ? fill(key, params) : `${params.who} : ${line.event}`
}

function fill(key: Parameters<typeof t>[0], params: Record<string, string | number>): string {
  // What was erased leaves a hole in the sentence: it is told, not shown as a brace.
  return t(key, params).replace(/\{\w+\}/g, t('journal.missing'))
}

function actor(line: JournalLine): string {
  if (line.who) return line.who
  if (OF_THE_HOST.test(line.event)) return t('journal.host')
  return t(line.event.startsWith('sittings.') ? 'journal.cartable' : 'journal.someone')
}

function words(line: JournalLine): Record<string, string | number> {
  const { details, names } = line
  const found: Record<string, string | number> = {}
  for (const name of ['title', 'name'] as const) {
    const value = details[name]
    if (typeof value === 'string') found[name] = value
  }
  for (const name of ['count', 'seats'] as const) {
    const value = details[name]
    if (typeof value === 'number') found[name] = value
  }
  if (typeof details.day === 'string') found.day = date(details.day)
  const member = typeof details.member === 'string' ? names[details.member] : undefined
  if (member) found.member = member
  const subject = line.subject_id ? names[line.subject_id] : undefined
  if (subject) found.subject = subject
  return found
}

/** What a line says beside its sentence: a reason, roles, limits; empty when nothing. */
export function more(line: JournalLine, zone?: string): string[] {
  const { details } = line
  const said: string[] = []
  const answer = `journal.answers.${details.answer}`
  if (details.answer && hasText(answer)) said.push(t(answer))
  if (details.is_late === true) said.push(t('journal.late'))
  if (typeof details.reason === 'string' && details.reason) {
    said.push(t('journal.reason', { reason: details.reason }))
  }
  if (Array.isArray(details.roles)) {
    const roles = ROLES.filter((role) => (details.roles as unknown[]).includes(role))
    said.push(t('journal.roles', { roles: list(roles.map((role) => t(`members.roles.${role}`))) }))
  }
  if (line.event === 'authority.quota_changed') said.push(quota(details))
  if (line.event === 'setting.changed' && !line.is_erased) said.push(setting(details))
  if (typeof details.first_lost === 'number' && typeof details.last_lost === 'number') {
    said.push(t('journal.lost', { first: details.first_lost, last: details.last_lost }))
  }
  if (typeof details.last_day === 'string') said.push(date(details.last_day, zone))
  if (line.is_erased) said.push(t('journal.erased'))
  return said
}

function quota(details: JournalLine['details']): string {
  const limit = (value: unknown) => (typeof value === 'number' ? value : t('journal.no_limit'))
  return t('journal.quota', {
    megabytes: limit(details.megabytes),
    members: limit(details.members),
  })
}

/** « Population : 860 → 912 » */
function setting(details: JournalLine['details']): string {
  const key = `journal.settings.${details.setting}`
  return t('journal.setting', {
    name: hasText(key) ? t(key) : String(details.setting),
    before: value(details.before),
    after: value(details.after),
  })
}

function value(of: unknown): string {
  if (typeof of === 'boolean') return t(of ? 'journal.yes' : 'journal.no')
  return of === undefined || of === null || of === '' ? t('journal.empty') : String(of)
}

/** « Connexion par mot de passe », « sur Tablette de Claire » */
export function activity(line: ActivityLine): [string, string] {
  const key = `activity.events.${line.event}`
  const name = typeof line.details.name === 'string' ? line.details.name : ''
  const n = typeof line.details.count === 'number' ? line.details.count : 1
  const what = hasText(key) ? t(key, { name, n }) : line.event
  const way = `activity.ways.${line.details.method}`
  const device = line.device || (typeof line.details.device === 'string' ? line.details.device : '')
  return [
    line.details.method && hasText(way) ? `${what} ${t(way)}` : what,
    device ? t('activity.on', { device }) : '',
  ]
}
