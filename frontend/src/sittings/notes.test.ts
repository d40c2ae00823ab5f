import { expect, it } from 'vitest'
import { countNotes } from './notes'

const note = (id: string, document_id: string, kind: string, page = 1) =>
  ({ id, document_id, page, mark: { kind } }) as never

it('counts a drawing once a page, and everything else one by one', () => {
  const notes = [
    note('a', 'd', 'ink'),
    note('b', 'd', 'ink'),
    note('c', 'd', 'ink', 2),
    note('e', 'd', 'note'),
    note('f', 'd', 'note'),
    note('g', 'x', 'bookmark'),
  ]
  expect(countNotes(notes)).toEqual(
    new Map([
      ['d', 4],
      ['x', 1],
    ]),
  )
})
