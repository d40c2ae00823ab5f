import type { Role } from '../../accounts/me'
import { type AssemblyLine, KINDS, type MemberLine, type Seat } from './shapes'

/** `invited`: has not accepted yet. */
export type State = 'active' | 'invited' | 'never' | 'inactive'

export interface Filter {
  text: string
  role: Role | ''
  state: State | ''
  /** Ids of a group, and of an assembly where they sit today; any when absent. */
  group?: string
  assembly?: string
}

const order = new Intl.Collator('fr', { sensitivity: 'base' })

/** Where a member stands: an access taken away, one that never served, or one in use. */
export function stateOf(member: MemberLine): Exclude<State, 'invited'> {
  if (!member.is_active) return 'inactive'
  return member.last_seen_at ? 'active' : 'never'
}

/** The members that a filter keeps, by family name. Accents and case do not count. */
export function directory(members: MemberLine[], filter: Filter, today = ''): MemberLine[] {
  const words = fold(filter.text).split(/\s+/).filter(Boolean)
  const sits = ({ seats }: MemberLine) =>
    seats.some((seat) => seat.assembly_id === filter.assembly && inOffice(seat, today))
  return members
    .filter((one) => !filter.role || one.roles.includes(filter.role))
    .filter((one) => !filter.state || fits(one, filter.state))
    .filter((one) => !filter.group || one.group_id === filter.group)
    .filter((one) => !filter.assembly || sits(one))
    .filter((one) => {
      const text = fold(`${one.first_name} ${one.last_name} ${one.email} ${one.position}`)
      return words.every((word) => text.includes(word))
    })
    .sort(
      (a, b) =>
        order.compare(a.last_name, b.last_name) || order.compare(a.first_name, b.first_name),
    )
}

// "Active" is every access that is open: those who never came are among them.
function fits(member: MemberLine, state: State): boolean {
  if (state === 'invited') return member.is_active && member.entry !== 'accepted'
  return state === 'active' ? member.is_active : stateOf(member) === state
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('’', "'").toLowerCase()
}

/** Whether a seat is held on a day ("2026-12-03"), first and last day included. */
export function inOffice(seat: Seat, today: string): boolean {
  return seat.starts_on <= today && (!seat.ends_on || today <= seat.ends_on)
}

/** A member's seats: those held today, then those to come, then those that ended, latest first. */
export function sortSeats(seats: Seat[], today: string): Seat[] {
  const turn = (seat: Seat) => (inOffice(seat, today) ? 0 : seat.starts_on > today ? 1 : 2)
  return [...seats].sort((a, b) => turn(a) - turn(b) || b.starts_on.localeCompare(a.starts_on))
}

/** Today in the zone of an authority, as "2026-12-03". */
export function todayIn(zone: string | undefined, now = new Date()): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(now)
}

/** Assemblies as a town names them: its council first, then its bureau, then its committees. */
export function byRank(assemblies: AssemblyLine[]): AssemblyLine[] {
  return [...assemblies].sort(
    (a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || order.compare(a.name, b.name),
  )
}
