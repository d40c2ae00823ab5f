import { type Dossier, type Piece, piecesOf } from '../local/dossier'
import type { Seen } from '../local/places'

export type ChangeKind = 'added' | 'replaced' | 'withdrawn'

export interface Change {
  kind: ChangeKind
  piece: Piece
}

/** A dossier as somebody has now seen it. */
export function seenOf(dossier: Dossier): Seen {
  return Object.fromEntries(piecesOf(dossier).map((piece) => [piece.document.id, stateOf(piece)]))
}

function stateOf({ document }: Piece): Seen[string] {
  return { version: document.version_id, withdrawn: document.withdrawn_at !== null }
}

/**
 * What is new, replaced or withdrawn since a dossier was seen, in agenda order; nothing when it
 * was never opened: then all of it is new, and saying so of each piece would say nothing.
 */
export function changesOf(dossier: Dossier, seen: Seen | undefined): Change[] {
  if (!seen) return []
  return piecesOf(dossier).flatMap((piece): Change[] => {
    const [before, now] = [seen[piece.document.id], stateOf(piece)]
    if (now.withdrawn) return before && !before.withdrawn ? [{ kind: 'withdrawn', piece }] : []
    if (now.version === null) return []
    if (!before || before.version === null) return [{ kind: 'added', piece }]
    return before.version === now.version ? [] : [{ kind: 'replaced', piece }]
  })
}

/** The same memory, with one piece seen as it is now. */
export function withSeen(seen: Seen, piece: Piece): Seen {
  return { ...seen, [piece.document.id]: stateOf(piece) }
}
