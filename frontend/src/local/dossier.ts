import type { AgendaItem, DocumentVersion, Sitting, SittingDocument } from './kinds'
import { readRow, readUnder } from './rows'
import type { Store } from './schema'

/** A piece with the content in force, and the others that are here, newest first. */
export interface Piece {
  document: SittingDocument
  version: DocumentVersion | null
  versions: DocumentVersion[]
}

/** A point of the agenda with its pieces in order. */
export interface Point {
  item: AgendaItem
  pieces: Piece[]
}

/** Everything of one sitting, in agenda order. `general` are pieces of the whole sitting. */
export interface Dossier {
  sitting: Sitting
  general: Piece[]
  points: Point[]
}

const byPosition = (a: { position: number }, b: { position: number }) => a.position - b.position

function pieceOf(document: SittingDocument, versions: DocumentVersion[]): Piece {
  const ready = versions.filter((version) => version.state === 'ready')
  ready.sort((a, b) => b.number - a.number)
  const version = ready.find(({ id }) => id === document.version_id) ?? null
  return { document, version: document.withdrawn_at ? null : version, versions: ready }
}

function grouped<T>(all: T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return groups
}

export function assemble(
  sitting: Sitting,
  items: AgendaItem[],
  documents: SittingDocument[],
  versions: DocumentVersion[],
): Dossier {
  const of = grouped(versions, (version) => version.document_id)
  const pieces = documents
    .toSorted(byPosition)
    .map((document) => pieceOf(document, of.get(document.id) ?? []))
  const known = new Set(items.map(({ id }) => id))
  // A piece whose item is not in the view is still a piece: it is shown with the sitting's own.
  const placed = grouped(pieces, ({ document }) => {
    const item = document.agenda_item_id
    return item && known.has(item) ? item : ''
  })
  return {
    sitting,
    general: placed.get('') ?? [],
    points: items.toSorted(byPosition).map((item) => ({ item, pieces: placed.get(item.id) ?? [] })),
  }
}

export async function readDossier(store: Store, sittingId: string): Promise<Dossier | null> {
  const [sitting, items, documents] = await Promise.all([
    readRow(store, 'sitting', sittingId),
    readUnder(store, 'agenda_item', sittingId),
    readUnder(store, 'document', sittingId),
  ])
  if (!sitting) return null
  const versions = await Promise.all(
    documents.map(({ id }) => readUnder(store, 'document_version', id)),
  )
  return assemble(sitting, items, documents, versions.flat())
}

/** Every piece in agenda order, those of the whole sitting first. */
export function piecesOf(dossier: Dossier): Piece[] {
  return [...dossier.general, ...dossier.points.flatMap(({ pieces }) => pieces)]
}
