import type { Schemas } from '../api/types'

/** The rows a pull brings, in the words of the server's own document. */
export type Authority = Schemas['Authority']
export type Assembly = Schemas['Assembly']
/** `starts_at` is UTC, shown in `time_zone`. */
export type Sitting = Schemas['Sitting']
export type AgendaItem = Schemas['AgendaItem']
export type SittingDocument = Schemas['Document']
export type DocumentKind = SittingDocument['kind']
export type FileRef = Schemas['FileRef']
export type DocumentVersion = Schemas['DocumentVersion']
/** A colleague, as every member of the authority sees them. */
export type Member = Schemas['Member']
/** A service of the directory. */
export type Contact = Schemas['Contact']
/** What follows is read by its author alone. */
export type Annotation = Schemas['Annotation']
export type VoteIntention = Schemas['VoteIntention']
export type ReadingState = Schemas['ReadingState']
export type AttendanceAnswer = Schemas['AttendanceAnswer']
/** `id` is the mid of the change that could not be applied. */
export type ParkedMutation = Schemas['ParkedMutation']

export interface Kinds {
  authority: Authority
  assembly: Assembly
  member: Member
  contact: Contact
  sitting: Sitting
  agenda_item: AgendaItem
  document: SittingDocument
  document_version: DocumentVersion
  annotation: Annotation
  vote_intention: VoteIntention
  reading_state: ReadingState
  attendance_answer: AttendanceAnswer
  parked_mutation: ParkedMutation
}

export type Kind = keyof Kinds

/** One row as it travels: a tombstone is `deleted` and has no value. */
export interface WireRow {
  kind: string
  id: string
  seq: number
  deleted?: boolean
  value?: unknown
}

const PARENTS: Record<string, string> = {
  sitting: 'assembly_id',
  agenda_item: 'sitting_id',
  document: 'sitting_id',
  document_version: 'document_id',
  annotation: 'document_id',
  vote_intention: 'agenda_item_id',
  reading_state: 'document_id',
  attendance_answer: 'sitting_id',
}

/** The row under which a row is listed, in clear in the index: ids say nothing by themselves. */
export function parentOf(kind: string, value: unknown): string {
  const field = PARENTS[kind]
  return field ? String((value as Record<string, unknown>)[field]) : ''
}
