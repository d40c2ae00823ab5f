import type { Role } from '../../accounts/me'
import { rolesInWords } from '../../accounts/words'
import type { Schemas } from '../../api/types'
import { date, lately, shortDate } from '../../i18n/dates'
import { t } from '../../i18n/t'
import { inOffice, sortSeats } from './directory'
import type { AssemblyLine, MemberLine, Seat } from './shapes'

export const ROLES: Role[] = ['councillor', 'clerk', 'admin', 'staff', 'guest']

/** « Adjointe aux finances », or the roles when the function is not written. */
export function functionOf(member: MemberLine): string {
  return member.position || rolesInWords(member.roles, member.civility)
}

/** « Conseil municipal, Commission finances », or why there is none. */
export function seatsOf(member: MemberLine, assemblies: AssemblyLine[], today: string): string {
  const held = member.seats.filter((seat) => inOffice(seat, today))
  if (held.length > 0) return held.map((seat) => nameOf(seat, assemblies)).join(', ')
  const last = sortSeats(member.seats, today)[0]
  if (!last) return t('members.no_seat')
  return last.starts_on > today
    ? t('members.seat_from', { day: date(last.starts_on) })
    : t('members.seat_ended', { day: date(last.ends_on ?? last.starts_on) })
}

export function nameOf(seat: Seat, assemblies: AssemblyLine[]): string {
  return assemblies.find((one) => one.id === seat.assembly_id)?.name ?? ''
}

/** « aujourd’hui » and « 9 h 14 », on two lines of the table. */
export function visit(moment: string, zone: string | undefined): [string, string] {
  const [day = '', time = ''] = lately(moment, new Date(), zone).split(' à ')
  return [day, time]
}

/** « le 3 déc. · Message accepté par le serveur »: when, and what became of the message. */
export function invitedInWords(member: MemberLine, today: string, zone?: string): string {
  if (!member.invited_at) return ''
  const day = t('members.invite.on', { day: shortDate(member.invited_at, today, zone) })
  const { mail } = member
  return !mail || member.entry === 'expired' ? day : `${day} · ${fateInWords(mail)}`
}

/** What became of a message. */
export function fateInWords({ state, said }: Schemas['MailFate']): string {
  const fate = {
    waiting: () => t('members.invite.waiting'),
    accepted: () => t('members.invite.delivered'),
    refused: () => t('members.invite.refused', { said }),
    unreached: () => t('members.invite.unreached'),
    written: () => t('members.invite.written'),
    too_late: () => t('members.invite.unreached'),
  }[state]
  return fate()
}

/** Clerks give codes to those who neither prepare nor administer, and have accepted. */
export function takesCode(member: MemberLine): boolean {
  const works = member.roles.some((role) => role === 'clerk' || role === 'admin')
  return member.is_active && member.entry === 'accepted' && !works
}

/** « iPad », or how many when there are more. */
export function devicesOf(names: string[]): string {
  if (names.length === 0) return t('members.no_device')
  return names.length === 1 ? (names[0] ?? '') : t('members.devices', { n: names.length })
}
