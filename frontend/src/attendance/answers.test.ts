import { describe, expect, it } from 'vitest'
import type { AttendanceAnswer } from '../local/kinds'
import { afterAnswered, answersOf, isAsked, isUnsettled } from './answers'

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

describe('who is asked', () => {
  it('is whoever was called, not who only reads what they prepare', () => {
    expect([isAsked(['councillor']), isAsked(['staff']), isAsked(['clerk', 'guest'])]).toEqual([
      true,
      true,
      true,
    ])
    expect([isAsked(['clerk']), isAsked(['clerk', 'admin']), isAsked(['clerk', 'staff'])]).toEqual([
      false,
      false,
      false,
    ])
  })

  it('is told of a refusal until they answered again', () => {
    const refused = '2026-11-21T10:00:00Z'
    const before = { ...received('a', '2026-11-20T10:00:00Z') }
    const since = { ...received('b', '2026-11-22T10:00:00Z') }
    const waiting = { ...before, received_at: null }
    expect(isUnsettled(refused, undefined)).toBe(true)
    expect(isUnsettled(refused, before)).toBe(true)
    expect(isUnsettled(refused, since)).toBe(false)
    expect(isUnsettled(refused, waiting)).toBe(false)
  })
})
