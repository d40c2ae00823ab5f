import { describe, expect, it } from 'vitest'
import { placeAt, placed, renumbered } from './order'

const LIST = ['a', 'b', 'c', 'd'].map((id) => ({ id }))
const ids = (list: readonly { id: string }[]) => list.map((one) => one.id).join('')

describe('the order of the agenda', () => {
  it.each([
    ['a', 1, 'bacd'],
    ['a', 3, 'bcda'],
    ['d', 0, 'dabc'],
    ['c', 2, 'abcd'],
    ['b', 99, 'acdb'],
    ['b', -1, 'bacd'],
    ['unknown', 0, 'abcd'],
  ])('puts %s at place %i', (id, to, expected) => {
    expect(ids(placed(LIST, id, to))).toBe(expected)
  })

  it('leaves the list it was given as it was', () => {
    placed(LIST, 'a', 2)
    expect(ids(LIST)).toBe('abcd')
  })

  it('numbers items from 1 and leaves headings without a number', () => {
    const kinds = ['heading', 'deliberation', 'heading', 'information']
    const list = kinds.map((kind) => ({ kind, position: 9, number: 9 as number | null }))
    expect(renumbered(list).map((item) => [item.position, item.number])).toEqual([
      [1, null],
      [2, 1],
      [3, null],
      [4, 2],
    ])
  })

  it('finds the place of a pointer among the middles of the others', () => {
    expect([5, 15, 25, 99].map((y) => placeAt([10, 20, 30], y))).toEqual([0, 1, 2, 3])
  })
})
