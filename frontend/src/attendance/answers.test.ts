import { describe, expect, it } from 'vitest'
import type { AttendanceAnswer } from '../local/kinds'
import { afterAnswered, answersOf } from './answers'

const received = (id: string, received_at: string, sitting_id = 's'): AttendanceAnswer => ({
  id,
  sitting_id,
  answer: 'present',
  answered_at: '2026-11-20T10:00:00Z',
  received_at,
  is_late: false,
})
const waiting = (entity: string, sitting_id = 's') =>
  afterAnswered({ entity, body: { sitting_id, answer: 'absent' }, at: '2020-01-01T00:00:00Z' })
const ids = (all: { id: string }[]) => all.map(({ id }) => id)

describe('my answers to a call', () => {
  it('has in force what waits here, whatever this clock says, then the last received', () => {
    const rows = [received('a', '2026-11-21T10:00:00Z'), received('b', '2026-11-22T10:00:00Z')]
    const all = answersOf({ id: 's' }, rows, [waiting('c'), waiting('d')])
    expect(ids(all)).toEqual(['d', 'c', 'b', 'a'])
    expect(all[0]).toMatchObject({ answer: 'absent', received_at: null })
  })
  it('shows once what was received meanwhile, and nothing of another sitting', () => {
    const rows = [received('a', '2026-11-21T10:00:00Z'), received('x', '2026-11-23', 'other')]
    expect(ids(answersOf({ id: 's' }, rows, [waiting('a'), waiting('y', 'other')]))).toEqual(['a'])
  })
  it('orders those of one push as they were made', () => {
    const at = '2026-11-21T10:00:00Z'
    expect(ids(answersOf({ id: 's' }, [received('1', at), received('2', at)], []))).toEqual([
      '2',
      '1',
    ])
  })
})
