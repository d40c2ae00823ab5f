import type { Schemas } from '../../api/types'

export type AttendanceLine = Schemas['AttendanceLine']
export type Stand = 'present' | 'absent' | 'excused' | 'silent'

export const STANDS = ['present', 'absent', 'excused', 'silent'] as const

/** What a recipient answered last; `silent` without an answer. */
export function standOf({ answers }: AttendanceLine): Stand {
  return answers[0]?.answer ?? 'silent'
}

export function totals(lines: AttendanceLine[]): Record<Stand, number> {
  const count = { present: 0, absent: 0, excused: 0, silent: 0 }
  for (const line of lines) count[standOf(line)] += 1
  return count
}

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** Lines whose name, function or group has every word of `text`; of one stand when it is given. */
export function filtered(
  lines: AttendanceLine[],
  { text, stand }: { text: string; stand: Stand | '' },
): AttendanceLine[] {
  const words = plain(text).split(/\s+/).filter(Boolean)
  return lines.filter((line) => {
    if (stand && standOf(line) !== stand) return false
    const { first_name, last_name, position, group_name } = line
    const about = plain(`${first_name} ${last_name} ${position} ${group_name ?? ''}`)
    return words.every((word) => about.includes(word))
  })
}
