import { describe, expect, it } from 'vitest'
import type { Annotation } from '../local/kinds'
import type { Draft, Pending } from '../local/outbox'
import { replay } from '../local/view'
import { annotationRule } from './replay'

const note = (id: string, text: string): Annotation => ({
  id,
  document_id: 'd',
  sha256: 'a',
  page: 3,
  page_hash: '',
  mark: { kind: 'note', colour: 'yellow', text, x: null, y: null, quote: null, label: '' },
  created_at: '2026-01-01T10:00:00Z',
  modified_at: '2026-01-01T10:00:00Z',
  forked_from: null,
  device_name: '',
})

const AT = '2026-01-02T10:00:00Z'
const pending = (...drafts: Draft[]): Pending[] =>
  drafts.map((draft, order) => ({
    ...draft,
    mid: String(order),
    version: 1,
    base: 0,
    at: AT,
    order,
  }))
const put = (id: string, text: string): Draft => {
  const { document_id, sha256, page, page_hash, mark } = note(id, text)
  return {
    name: 'put_annotation',
    entity: id,
    body: { document_id, sha256, page, page_hash, mark },
  }
}
const edit = (entity: string, text: string): Draft => ({
  name: 'edit_note',
  entity,
  body: { text },
})
const remove = (entity: string): Draft => ({ name: 'delete_annotation', entity, body: {} })
const shown = (rows: Annotation[], ...drafts: Draft[]) =>
  replay(rows, pending(...drafts), annotationRule())

describe('annotations on the screen', () => {
  it('are the rows with what waits over them, in the order it was written', () => {
    const [one, two] = shown([note('1', 'a')], put('2', 'b'), edit('2', 'c'), edit('1', 'd'))
    expect(one?.mark).toMatchObject({ text: 'd' })
    expect(one?.modified_at).toBe(AT)
    expect(two).toMatchObject({ id: '2', created_at: AT, forked_from: null, mark: { text: 'c' } })
  })

  it('are styled field by field', () => {
    const style = (body: { colour?: 'red'; label?: string }): Draft => ({
      name: 'style_annotation',
      entity: '1',
      body,
    })
    const [one] = shown([note('1', 'a')], style({ colour: 'red' }), style({ label: 'vu' }))
    expect(one?.mark).toMatchObject({ colour: 'red', label: 'vu', text: 'a' })
  })

  it('leave when deleted, and come back when something was written after', () => {
    expect(shown([note('1', 'a')], remove('1'))).toEqual([])
    const [back] = shown([note('1', 'a')], remove('1'), edit('1', 'b'))
    expect(back).toMatchObject({ page: 3, mark: { text: 'b' } })
  })

  it('do not go back when the server already gave a change and what follows it', () => {
    const [one] = shown([note('1', 'plus tard')], put('1', 'au début'))
    expect(one?.mark).toMatchObject({ text: 'plus tard' })
  })

  it('ignore what is no concern of theirs', () => {
    const rows = [note('1', 'a')]
    const vote: Draft = {
      name: 'discard_parked',
      entity: '1',
      body: {},
    }
    expect(shown(rows, vote, edit('unknown', 'x'), remove('unknown'))).toEqual(rows)
  })
})
