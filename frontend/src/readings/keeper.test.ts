import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Keeper } from './keeper'
import type { Position } from './state'

const at = (page: number, place = '', sha256 = 'aa'): Position => ({
  sha256,
  page,
  pages: 9,
  place,
})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('sends once for many places, 30 s after the first page turned', () => {
  const sent: Position[] = []
  const keeper = new Keeper((position) => sent.push(position))
  for (let page = 1; page < 9; page++) {
    keeper.moved(at(page))
    vi.advanceTimersByTime(1_000)
  }
  expect(sent).toEqual([])
  vi.advanceTimersByTime(22_000)
  expect(sent).toEqual([at(8)])
  vi.advanceTimersByTime(120_000)
  expect(sent).toHaveLength(1)
})

it('does not hurry for a scroll within a page, but keeps it on leaving', () => {
  const sent: Position[] = []
  const keeper = new Keeper((position) => sent.push(position))
  keeper.moved(at(1))
  keeper.flush()
  keeper.moved(at(1, 'lower'))
  vi.advanceTimersByTime(120_000)
  expect(sent).toEqual([at(1)])
  keeper.flush()
  expect(sent).toEqual([at(1), at(1, 'lower')])
  keeper.flush()
  expect(sent).toHaveLength(2)
})

it('takes a new content for a page turned', () => {
  const sent: Position[] = []
  const keeper = new Keeper((position) => sent.push(position))
  keeper.moved(at(1))
  keeper.flush()
  keeper.moved(at(1, '', 'bb'))
  vi.advanceTimersByTime(30_000)
  expect(sent).toEqual([at(1), at(1, '', 'bb')])
})
