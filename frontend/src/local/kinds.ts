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
export type Member = Pick<
  Schemas['MemberLine'],
  'id' | 'civility' | 'first_name' | 'last_name' | 'position'
>

export interface Kinds {
  authority: Authority
  assembly: Assembly
  member: Member
  sitting: Sitting
  agenda_item: AgendaItem
  document: SittingDocument
  document_version: DocumentVersion
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

/** The row under which a row is listed, in clear in the index: ids say nothing by themselves. */
export function parentOf(kind: string, value: unknown): string {
  const row = value as Record<string, unknown>
  if (kind === 'agenda_item' || kind === 'document') return String(row.sitting_id)
  if (kind === 'document_version') return String(row.document_id)
  if (kind === 'sitting') return String(row.assembly_id)
  return ''
}
