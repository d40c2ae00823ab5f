import type { Schemas } from '../../api/types'

export type Seat = Schemas['Seat']
export type MemberLine = Schemas['MemberLine']
export type AssemblyLine = Schemas['AssemblyLine']
export type AssemblyKind = AssemblyLine['kind']
export type GroupLine = Schemas['GroupLine']
export type MandateLoss = Schemas['MandateLoss']
export type MandateEnded = Schemas['MandateEnded']
export type Contact = Schemas['Contact']
export type MyListing = Schemas['MyListing']
export type Role = MemberLine['roles'][number]

/** In the order of their rank: lists follow it. */
export const KINDS: AssemblyKind[] = ['council', 'bureau', 'committee', 'other']
