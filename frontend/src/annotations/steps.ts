import type { Annotation } from '../local/kinds'
import { type Draft, uuid7 } from '../local/outbox'

/** One thing to do to one annotation; what is done by steps is undone by steps. */
export type Step =
  | { put: Annotation }
  | { remove: string }
  | { style: string; colour?: Annotation['mark']['colour']; label?: string }
  | { edit: string; text: string }

/** Something somebody did, in one gesture. */
export interface Deed {
  done: Step[]
  undone: Step[]
}

/**
 * Turns steps into changes to write. A delete is written at once, so that what was erased does not
 * come back by itself after a crash; taking it back writes the same mark again under a new name,
 * because a deleted name may already be erased everywhere. Nothing of the mark is lost by it, and a
 * tablet that meanwhile edited the old one keeps its edit. Steps written before go on naming the
 * old one: `names` follows.
 */
export class Steps {
  readonly #names = new Map<string, string>()
  readonly #used = new Set<string>()

  /** The name under which an annotation goes now. */
  nameOf(id: string): string {
    const next = this.#names.get(id)
    return next === undefined ? id : this.nameOf(next)
  }

  draft(step: Step): Draft {
    if ('put' in step) return this.#put(step.put)
    if ('remove' in step) {
      return { name: 'delete_annotation', entity: this.nameOf(step.remove), body: {} }
    }
    if ('edit' in step) {
      return { name: 'edit_note', entity: this.nameOf(step.edit), body: { text: step.text } }
    }
    const { style, ...body } = step
    return { name: 'style_annotation', entity: this.nameOf(style), body }
  }

  #put({ id, document_id, sha256, page, page_hash, mark }: Annotation): Draft {
    const isAgain = this.#used.has(id)
    const entity = isAgain ? uuid7() : id
    if (isAgain) this.#names.set(this.nameOf(id), entity)
    this.#used.add(id)
    return { name: 'put_annotation', entity, body: { document_id, sha256, page, page_hash, mark } }
  }

  /** An annotation that was not made here is, once deleted, put again under a new name too. */
  knows(ids: Iterable<string>): void {
    for (const id of ids) this.#used.add(id)
  }
}
