import type { DocumentVersion, SittingDocument } from '../../local/kinds'

export type { DocumentKind, DocumentVersion, SittingDocument } from '../../local/kinds'

export const DOCUMENT_KINDS = [
  'convocation',
  'agenda',
  'summary_note',
  'report',
  'draft_deliberation',
  'annex',
  'minutes',
  'other',
] as const

/** A piece as the clerk sees it: the content in force, and one being checked or refused. */
export interface DeskDocument {
  document: SittingDocument
  state: 'checking' | 'ready' | 'refused' | 'withdrawn'
  current: DocumentVersion | null
  pending: DocumentVersion | null
}

/** What may change in a piece; what is left out stays. `position` counts from 1 in its item. */
export interface DocumentEdit {
  title?: string
  kind?: SittingDocument['kind']
  agenda_item_id?: string | null
  position?: number
}
