import type { Annotation } from '../local/kinds'
import type { Draft } from '../local/outbox'

/** One thing to do to one annotation; what is done by steps is undone by steps. */
export type Step =
  | { put: Annotation }
  /** One that was deleted comes back under its own name, with its age and its other text. */
  | { revive: Annotation }
  | { remove: string }
  | { style: string; colour?: Annotation['mark']['colour']; label?: string }
  | { edit: string; text: string }

/** Something somebody did, in one gesture. */
export interface Deed {
  done: Step[]
  undone: Step[]
}

/**
 * The change to write for a step. A delete is written at once, so that what was erased does not
 * come back by itself after a crash. Whatever changes a deleted mark brings it back, everywhere and
 * for thirty days: its own colour, said again, does so and changes nothing else.
 */
export function draftOf(step: Step): Draft {
  if ('put' in step) {
    const { id, document_id, sha256, page, page_hash, mark } = step.put
    const body = { document_id, sha256, page, page_hash, mark }
    return { name: 'put_annotation', entity: id, body }
  }
  if ('revive' in step) {
    const { id, mark } = step.revive
    return { name: 'style_annotation', entity: id, body: { colour: mark.colour } }
  }
  if ('remove' in step) return { name: 'delete_annotation', entity: step.remove, body: {} }
  if ('edit' in step) return { name: 'edit_note', entity: step.edit, body: { text: step.text } }
  const { style, ...body } = step
  return { name: 'style_annotation', entity: style, body }
}
