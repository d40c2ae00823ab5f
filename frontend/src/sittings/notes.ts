import type { Annotation } from '../local/kinds'
import { readPending } from '../local/outbox'
import { readUnder } from '../local/rows'
import type { Store } from '../local/store'

type Kept = Pick<Annotation, 'id' | 'document_id' | 'page' | 'mark'>

/**
 * How many notes somebody would say they made: all the strokes of a page are one drawing. By
 * document id.
 */
export function countNotes(notes: Iterable<Kept>): Map<string, number> {
  const things = new Map<string, Set<string>>()
  for (const { id, document_id, page, mark } of notes) {
    const of = things.get(document_id) ?? new Set()
    things.set(document_id, of.add(mark.kind === 'ink' ? `page ${page}` : id))
  }
  return new Map([...things].map(([document, of]) => [document, of.size]))
}

/** The notes of these pieces, with what waits in the outbox, counted. */
export async function readNoteCounts(
  store: Store,
  documents: string[],
): Promise<Map<string, number>> {
  const pending = await readPending(store)
  const rows = await Promise.all(documents.map((id) => readUnder(store, 'annotation', id)))
  const notes = new Map<string, Kept>(rows.flat().map((note) => [note.id, note]))
  const wanted = new Set(documents)
  for (const { name, entity, body } of pending) {
    if (name === 'put_annotation' && wanted.has(body.document_id)) {
      notes.set(entity, { id: entity, ...body })
    } else if (name === 'delete_annotation') notes.delete(entity)
  }
  return countNotes(notes.values())
}
