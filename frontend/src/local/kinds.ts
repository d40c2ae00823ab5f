/** The rows a pull brings, as the shapes.py of each domain of the server gives them. */

export interface Authority {
  id: string
  name: string
  kind: 'commune' | 'epci' | 'departement' | 'region' | 'syndicat' | 'ccas'
  time_zone: string
  siren: string | null
}

export interface Assembly {
  id: string
  name: string
  kind: 'council' | 'bureau' | 'committee' | 'other'
}

export interface Member {
  id: string
  civility: string
  first_name: string
  last_name: string
  position: string
}

export interface Sitting {
  id: string
  assembly_id: string
  /** UTC; shown in `time_zone`. */
  starts_at: string
  time_zone: string
  place: string
  state: 'draft' | 'convened'
  convened_at: string | null
}

export interface AgendaItem {
  id: string
  sitting_id: string
  position: number
  number: number | null
  title: string
  kind: 'deliberation' | 'information' | 'question' | 'motion' | 'heading'
  rapporteur_id: string | null
  in_camera: boolean
}

export type DocumentKind =
  | 'convocation'
  | 'agenda'
  | 'summary_note'
  | 'report'
  | 'draft_deliberation'
  | 'annex'
  | 'minutes'
  | 'other'

export interface SittingDocument {
  id: string
  sitting_id: string
  agenda_item_id: string | null
  position: number
  kind: DocumentKind
  title: string
  version_id: string | null
  withdrawn_at: string | null
  withdrawn_reason: string
}

export interface FileRef {
  sha256: string
  /** Bytes. */
  size: number
}

export interface DocumentVersion {
  id: string
  document_id: string
  number: number
  state: 'checking' | 'ready' | 'refused'
  file_name: string
  sha256: string
  size: number
  slices: string[]
  pages: number
  flags: string[]
  refusal: string | null
  reason: string
  text: FileRef | null
  preview: FileRef | null
  created_at: string
}

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
