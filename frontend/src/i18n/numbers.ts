import { typeset } from './typeset'

const whole = new Intl.NumberFormat('fr', { maximumFractionDigits: 0 })
const tenth = new Intl.NumberFormat('fr', { maximumFractionDigits: 1 })
const percentage = new Intl.NumberFormat('fr', { style: 'percent', maximumFractionDigits: 0 })
const all = new Intl.ListFormat('fr', { type: 'conjunction' })

const UNITS = ['o', 'ko', 'Mo', 'Go', 'To']

/** « 84 Mo », « 6,2 Mo », « 512 o »: units of a thousand, one decimal under ten. */
export function size(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  const written = value < 9.95 && unit > 1 ? tenth.format(value) : whole.format(value)
  return typeset(`${written} ${UNITS[unit]}`)
}

/** How long something still takes: « 40 s », « 3 min », « 2 h 05 ». */
export function duration(seconds: number): string {
  if (seconds < 60) return typeset(`${Math.max(1, Math.ceil(seconds))} s`)
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return typeset(`${minutes} min`)
  return typeset(`${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`)
}

/** « 12 345 » */
export function count(value: number): string {
  return whole.format(value)
}

/** « 62 % », of a share between 0 and 1. */
export function percent(share: number): string {
  return percentage.format(share)
}

/** « a, b et c » */
export function list(words: string[]): string {
  return all.format(words)
}
