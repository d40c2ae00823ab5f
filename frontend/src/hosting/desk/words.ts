import { date, time } from '../../i18n/dates'
import { size } from '../../i18n/numbers'
import { t } from '../../i18n/t'
import type { HealthPart, HostedAuthority } from './shapes'

/** « 12 sur 40 » */
export function membersOf(one: HostedAuthority): string {
  const limit = one.members_allowed
  return limit ? `${one.members} ${t('hosting.of', { n: limit })}` : String(one.members)
}

/** « 120 Mo sur 5 Go » */
export function sizeOf(one: HostedAuthority): string {
  const held = size(one.bytes_stored)
  const limit = one.megabytes_allowed
  return limit ? `${held} ${t('hosting.of', { n: size(limit * 1e6) })}` : held
}

/** What a part of the server says: a state, a count, a date. */
export function stateOf(part: HealthPart): string {
  const n = part.value ?? 0
  if (part.name === 'disk') return t('hosting.health.free', { size: size(n) })
  if (part.name === 'backup') {
    if (!part.at) return t('hosting.health.backup_never')
    return t('hosting.health.backup_at', { day: `${date(part.at)}, ${time(part.at)}` })
  }
  if (part.state === 'ok') return t('hosting.health.ok')
  if (part.name === 'worker') return t('hosting.health.late', { n })
  if (part.name === 'jobs') return t('hosting.health.dead', { n })
  if (part.name === 'mail') return t('hosting.health.waiting', { n })
  return t('hosting.health.failed')
}
