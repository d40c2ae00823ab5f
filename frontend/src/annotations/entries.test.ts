import { describe, expect, it } from 'vitest'
import type { Annotation } from '../local/kinds'
import { byPage, countByVersion, entriesOf, otherText } from './entries'

let made = 0
function annotation(
  mark: Partial<Annotation['mark']> & { kind: string },
  rest: Partial<Annotation> = {},
): Annotation {
  made += 1
  return {
    id: `${made}`.padStart(3, '0'),
    document_id: 'd',
    sha256: 'v1',
    page: 1,
    page_hash: '',
    created_at: '2026-01-01T10:00:00Z',
    modified_at: '2026-01-01T10:00:00Z',
    forked_from: null,
    device_name: '',
    ...rest,
    mark: { colour: 'blue', label: '', ...mark } as Annotation['mark'],
  }
}

const stroke = (second: number, rest: Partial<Annotation> = {}) =>
  annotation(
    { kind: 'ink', points: [0, 500, 0.5] },
    { created_at: new Date(Date.UTC(2026, 0, 1, 10, 0, second)).toISOString(), ...rest },
  )
const noteAt = (y: number | null, rest: Partial<Annotation> = {}) =>
  annotation({ kind: 'note', text: 'x', x: 10, y, quote: null }, rest)

describe('the list of notes', () => {
  it('goes page by page from the top, what is of the whole page first', () => {
    const [low, high, whole, before] = [
      noteAt(100, { page: 2 }),
      noteAt(700, { page: 2 }),
      noteAt(null, { page: 2 }),
      noteAt(5),
    ]
    const ids = entriesOf([low, high, whole, before]).map(({ id }) => id)
    expect(ids).toEqual([before, whole, high, low].map(({ id }) => id))
    expect(byPage(entriesOf([low, high, before])).map(({ page }) => page)).toEqual([1, 2])
  })

  it('gathers the strokes of one drawing', () => {
    const strokes = [stroke(0), stroke(20), stroke(70), stroke(200), stroke(210, { page: 2 })]
    expect(entriesOf(strokes).map(({ all }) => all.length)).toEqual([3, 1, 1])
  })

  it('keeps one kind when asked, and counts lines by version', () => {
    const all = [stroke(0), stroke(5), noteAt(1), noteAt(2, { sha256: 'v2' })]
    expect(entriesOf(all, 'note')).toHaveLength(2)
    expect(countByVersion(all)).toEqual([
      { sha256: 'v1', count: 2 },
      { sha256: 'v2', count: 1 },
    ])
  })

  it('knows the other text of a forked note as long as both are there', () => {
    const first = noteAt(1)
    const sibling = noteAt(1, { forked_from: first.id, device_name: 'iPad' })
    expect(otherText(sibling, [first, sibling])).toBe(first)
    expect(otherText(sibling, [sibling])).toBeUndefined()
    expect(otherText(first, [first, sibling])).toBeUndefined()
  })
})
