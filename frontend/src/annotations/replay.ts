import type { Annotation } from '../local/kinds'
import type { Rule } from '../local/view'

/**
 * What one change makes of an annotation, by the server's own rules (sync.md, section 5): geometry
 * never changes, colour and label by field, and whatever comes after a delete brings it back.
 * `gone` remembers what was deleted, for that case: give a new one to each replay.
 */
export function annotationRule(gone: Map<string, Annotation> = new Map()): Rule<Annotation> {
  return (row, change) => {
    const { entity: id, at } = change
    const known = row ?? gone.get(id)
    if (change.name === 'put_annotation') {
      const { body } = change
      // A row that is here came later than the change that made it.
      return (
        row ?? {
          id,
          ...body,
          created_at: at,
          modified_at: at,
          forked_from: null,
          device_name: '',
        }
      )
    }
    if (change.name === 'delete_annotation') {
      if (row) gone.set(id, row)
      return row && null
    }
    if (!known) return row
    if (change.name === 'edit_note') {
      if (known.mark.kind !== 'note') return row
      return { ...known, mark: { ...known.mark, text: change.body.text }, modified_at: at }
    }
    if (change.name === 'style_annotation') {
      return { ...known, mark: { ...known.mark, ...change.body }, modified_at: at }
    }
    return row
  }
}
