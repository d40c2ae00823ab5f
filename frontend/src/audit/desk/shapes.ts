import type { Schemas } from '../../api/types'

export type JournalPage = Schemas['JournalPage']
export type JournalLine = Schemas['JournalLine']
export type JournalVerdict = Schemas['JournalVerdict']
export type Activity = Schemas['Activity']
export type ActivityLine = Schemas['ActivityLine']

export const FAMILIES = [
  'sittings',
  'documents',
  'members',
  'settings',
  'journal',
  'hosting',
] as const
export type Family = (typeof FAMILIES)[number]

export interface Filter {
  since: string
  until: string
  member: string
  family: Family | ''
}
