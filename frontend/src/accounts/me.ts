import type { Schemas } from '../api/types'

export type Authority = Schemas['Authority']
export type Membership = Schemas['Membership']
export type Role = Membership['roles'][number]
export type Device = Schemas['Device']
/** Who is signed in, on what, and what they are in each authority. */
export type Me = Schemas['Me']

/** « Claire Bonnet » */
export function fullName(person: { first_name: string; last_name: string }): string {
  return `${person.first_name} ${person.last_name}`.trim()
}

/** The memberships that carry a role. */
export function having(me: Me, role: Role): Membership[] {
  return me.memberships.filter((one) => one.roles.includes(role))
}

/** Those who read papers see their sittings; a clerk or an administrator who is only that does not. */
export function reads(me: Me): boolean {
  const desk = me.memberships.some((one) => one.roles.some(isDesk))
  return !desk || me.memberships.some((one) => one.roles.some((role) => !isDesk(role)))
}

function isDesk(role: Role): boolean {
  return role === 'clerk' || role === 'admin'
}

/** The screen to open on: the sittings, or the desk of those who only work there. */
export function home(me: Me): string {
  if (reads(me)) return '/'
  const clerk = having(me, 'clerk')[0]
  if (clerk) return `/secretariat/${clerk.authority.id}`
  return `/administration/${having(me, 'admin')[0]?.authority.id}`
}
