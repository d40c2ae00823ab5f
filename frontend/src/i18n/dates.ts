import { typeset } from './typeset'

/** A moment: a Date, or the ISO 8601 text of the wire. `zone` is an IANA name; the device's without it. */
export type Moment = Date | string

const DAY_MS = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

function format(name: string, options: Intl.DateTimeFormatOptions, zone?: string) {
  const key = `${name} ${zone ?? ''}`
  let known = formats.get(key)
  if (!known) {
    known = new Intl.DateTimeFormat('fr-FR', { ...options, timeZone: zone })
    formats.set(key, known)
  }
  return known
}

/** A plain date ("2026-12-03") is a day of the calendar, the same in every zone. */
function instant(moment: Moment): { date: Date; plain: boolean } {
  const plain = typeof moment === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(moment)
  return { date: new Date(moment), plain }
}

function write(name: string, options: Intl.DateTimeFormatOptions, moment: Moment, zone?: string) {
  const { date, plain } = instant(moment)
  return format(name, options, plain ? 'UTC' : zone)
    .format(date)
    .replace(/\b1 (?=\p{L})/u, '1er ')
}

/** « jeudi 3 décembre 2026 » */
export function day(moment: Moment, zone?: string): string {
  return write(
    'day',
    { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
    moment,
    zone,
  )
}

/** « jeudi 3 décembre » */
export function dayOfYear(moment: Moment, zone?: string): string {
  return write('dayOfYear', { weekday: 'long', day: 'numeric', month: 'long' }, moment, zone)
}

/** « 3 décembre 2026 » */
export function date(moment: Moment, zone?: string): string {
  return write('date', { day: 'numeric', month: 'long', year: 'numeric' }, moment, zone)
}

/** « 3 décembre », with the year when it is not this one. */
export function shortDate(moment: Moment, now: Moment = new Date(), zone?: string): string {
  const thisYear = date(now, zone).slice(-4)
  return date(moment, zone).replace(` ${thisYear}`, '')
}

/** « 3 » and « déc. », for a small calendar leaf. */
export function leaf(moment: Moment, zone?: string): { day: string; month: string } {
  return {
    day: write('leafDay', { day: 'numeric' }, moment, zone),
    month: write('leafMonth', { month: 'short' }, moment, zone),
  }
}

/** « 18 h 30 » */
export function time(moment: Moment, zone?: string): string {
  const parts = format('time', { hour: 'numeric', minute: '2-digit' }, zone).formatToParts(
    instant(moment).date,
  )
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  return typeset(`${Number(part('hour'))} h ${part('minute')}`)
}

/** « jeudi 3 décembre 2026 à 18 h 30 » */
export function dayAndTime(moment: Moment, zone?: string): string {
  return `${day(moment, zone)} à ${time(moment, zone)}`
}

/** How many midnights lie between two moments, as the calendar of `zone` counts them. */
export function daysBetween(from: Moment, to: Moment, zone?: string): number {
  return Math.round((midnight(to, zone) - midnight(from, zone)) / DAY_MS)
}

function midnight(moment: Moment, zone?: string): number {
  const { date, plain } = instant(moment)
  const iso = new Intl.DateTimeFormat('sv-SE', { timeZone: plain ? 'UTC' : zone }).format(date)
  return Date.parse(iso)
}

const relative = new Intl.RelativeTimeFormat('fr', { numeric: 'auto' })

/** « aujourd’hui », « demain », « dans 5 jours », « il y a 2 jours » */
export function inDays(moment: Moment, now: Moment = new Date(), zone?: string): string {
  return typeset(relative.format(daysBetween(now, moment, zone), 'day'))
}

/** A past moment as people say it: « aujourd’hui à 9 h 14 », « hier à 21 h 40 », « mardi 17 novembre », « 3 mars 2026 ». */
export function lately(moment: Moment, now: Moment = new Date(), zone?: string): string {
  const days = daysBetween(moment, now, zone)
  if (days === 0 || days === 1) return `${inDays(moment, now, zone)} à ${time(moment, zone)}`
  return days > 1 && days < 180 ? dayOfYear(moment, zone) : date(moment, zone)
}
