import { annotationRule } from '../annotations/replay'
import { notesByPiece } from '../annotations/sitting-notes.svelte'
import { type Dossier, piecesOf } from '../local/dossier'
import { readUnder } from '../local/rows'
import type { Store } from '../local/store'
import { readView } from '../local/view'

/** How many notes I have on each piece, by document id: as many as their list has lines. */
export async function readNoteCounts(store: Store, dossier: Dossier): Promise<Map<string, number>> {
  const read = async () => {
    const pieces = piecesOf(dossier).map(({ document }) => document.id)
    return (await Promise.all(pieces.map((id) => readUnder(store, 'annotation', id)))).flat()
  }
  const notes = notesByPiece(dossier, await readView(store, read, annotationRule()))
  return new Map(
    notes.map(({ piece, versions }) => [
      piece.document.id,
      versions.reduce((sum, { entries }) => sum + entries.length, 0),
    ]),
  )
}
