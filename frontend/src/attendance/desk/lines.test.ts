import { expect, it } from 'vitest'
import { type AttendanceLine, filtered, totals } from './lines'

const line = (last_name: string, ...answers: string[]) =>
  ({
    first_name: 'Zoé',
    last_name,
    position: 'Adjointe',
    group_name: last_name === 'Noël' ? 'Majorité' : null,
    answers: answers.map((answer) => ({ answer })),
  }) as unknown as AttendanceLine

const lines = [line('Noël', 'present', 'absent'), line('Petit', 'excused'), line('Roux')]

it('counts the last answer of each', () => {
  expect(totals(lines)).toEqual({ present: 1, absent: 0, excused: 1, silent: 1 })
})

it('finds by name, function and group, without accents, and by stand', () => {
  const names = (text: string, stand: Parameters<typeof filtered>[1]['stand'] = '') =>
    filtered(lines, { text, stand }).map(({ last_name }) => last_name)
  expect(names('zoe noel')).toEqual(['Noël'])
  expect(names('majorite')).toEqual(['Noël'])
  expect(names('adjointe')).toHaveLength(3)
  expect(names('', 'silent')).toEqual(['Roux'])
  expect(names('petit', 'silent')).toEqual([])
})
