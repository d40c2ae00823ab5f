import type { AgendaItem, Member, Sitting } from '../../local/kinds'

export type { AgendaItem, Sitting } from '../../local/kinds'

export const ITEM_KINDS = ['deliberation', 'information', 'question', 'motion', 'heading'] as const

/** A sitting in the clerk's list, with how far its preparation is. */
export interface SittingLine extends Sitting {
  assembly_name: string
  items: number
  recipients: number
}

/** A member called to a sitting: by a seat of its assembly, or as a guest without one. */
export interface Recipient {
  member_id: string
  civility: string
  first_name: string
  last_name: string
  has_seat: boolean
  is_voting: boolean
}

export interface SittingDetail {
  sitting: Sitting
  assembly_name: string
  agenda: AgendaItem[]
  recipients: Recipient[]
}

/** `starts_at` is a wall clock time of the authority: "2026-12-03T18:30". */
export interface NewSitting {
  assembly_id: string
  starts_at: string
  place: string
}

export type NewAgendaItem = Pick<AgendaItem, 'title' | 'kind' | 'rapporteur_id' | 'in_camera'> & {
  after?: string | null
}

export interface AssemblyLine {
  id: string
  name: string
  kind: string
  seats_in_office: number
  voting_seats: number
}

export interface Colleague extends Member {
  is_active: boolean
}

/** « Mme Claire Bonnet » */
export function named(person: Pick<Member, 'civility' | 'first_name' | 'last_name'>): string {
  return [person.civility, person.first_name, person.last_name].filter(Boolean).join(' ')
}

/** « Mme Bonnet » */
export function shortly(person: Pick<Member, 'civility' | 'first_name' | 'last_name'>): string {
  return [person.civility || person.first_name, person.last_name].filter(Boolean).join(' ')
}
