import { type Dossier, type Piece, piecesOf } from '../local/dossier'
import type { Annotation } from '../local/kinds'
import { live } from '../local/live.svelte'
import { readRows } from '../local/rows'
import { openStore } from '../local/store'
import { readView } from '../local/view'
import { sync } from '../sync/shared.svelte'
import { type Entry, entriesOf } from './entries'
import { annotationRule } from './replay'

/** My notes of one version of a piece, in the order of its pages. */
export interface VersionNotes {
  /** Null when the version in force is meant. */
  version: { id: string; number: number } | null
  entries: Entry[]
}

export interface PieceEntries {
  piece: Piece
  versions: VersionNotes[]
}

/** The notes of a dossier, piece by piece in agenda order, the version in force first. */
export function notesByPiece(dossier: Dossier, annotations: Annotation[]): PieceEntries[] {
  return piecesOf(dossier).flatMap((piece) => {
    const mine = annotations.filter(({ document_id }) => document_id === piece.document.id)
    if (mine.length === 0) return []
    const rank = (sha256: string) => piece.versions.findIndex((one) => one.sha256 === sha256)
    const hashes = [...new Set(mine.map(({ sha256 }) => sha256))].sort((a, b) => rank(a) - rank(b))
    const versions = hashes.map((sha256) => {
      const found = piece.versions.find((one) => one.sha256 === sha256)
      const isCurrent = found !== undefined && found.id === piece.version?.id
      return {
        version: found && !isCurrent ? { id: found.id, number: found.number } : null,
        entries: entriesOf(mine.filter((one) => one.sha256 === sha256)),
      }
    })
    return [{ piece, versions }]
  })
}

/** Every annotation of an authority that is on this tablet, what waits to be sent among them. */
export function liveAnnotations(authority: () => string): {
  readonly value: Annotation[] | undefined
} {
  return live(['rows', 'outbox', 'authorities'], async () => {
    const store = await openStore(sync.account, authority())
    return readView(store, () => readRows(store, 'annotation'), annotationRule())
  })
}
