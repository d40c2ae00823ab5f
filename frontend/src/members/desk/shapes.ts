import type { Role } from '../../accounts/me'

/** What the server says of members, assemblies, seats and groups (`members/shapes.py`). */
export interface Seat {
  id: string
  assembly_id: string
  starts_on: string
  /** The last day in office; none while it lasts. */
  ends_on: string | null
  is_voting: boolean
  position: string
  rank: number
}

export interface MemberLine {
  id: string
  civility: string
  first_name: string
  last_name: string
  /** « Adjointe aux finances » */
  position: string
  email: string
  roles: Role[]
  group_id: string | null
  seats: Seat[]
  is_active: boolean
  deactivated_at: string | null
  created_at: string
  last_seen_at: string | null
  /** Names of the devices that are signed in. */
  devices: string[]
}

/** In the order of their rank: lists follow it. */
export const KINDS = ['council', 'bureau', 'committee', 'other'] as const
export type AssemblyKind = (typeof KINDS)[number]

export interface AssemblyLine {
  id: string
  name: string
  kind: AssemblyKind
  seats_in_office: number
  voting_seats: number
}

export interface GroupLine {
  id: string
  name: string
  members: number
}

export interface MemberAdded {
  member: MemberLine
  /** Absent when the person already signs in to this server for another authority. */
  one_time_password: string | null
}
