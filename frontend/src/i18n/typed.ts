const MONTHS =
  'janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre'.split('|')

/**
 * The day somebody typed, as ISO 8601: « 3/12/2026 », « 03-12-26 », « 03122026 »,
 * « 3 décembre 2026 ». Null when it is no day of the calendar.
 */
export function readDate(text: string): string | null {
  const clean = text.trim().toLowerCase()
  const found =
    /^(\d{1,2})[\s/.-]+(\d{1,2})[\s/.-]+(\d{4}|\d{2})$/.exec(clean) ??
    /^(\d{2})(\d{2})(\d{4})$/.exec(clean)
  if (found) return isoDate(Number(found[1]), Number(found[2]), Number(found[3]))
  const words = /^(?:[a-zé]+ )?(\d{1,2})(?:er)? ([a-zéû]+) (\d{4})$/.exec(
    clean.replace(/\s+/g, ' '),
  )
  const month = MONTHS.findIndex((name) => plain(name) === plain(words?.[2] ?? ''))
  return words && month >= 0 ? isoDate(Number(words[1]), month + 1, Number(words[3])) : null
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '')
}

function isoDate(day: number, month: number, year: number): string | null {
  const full = year < 100 ? 2000 + year : year
  const date = new Date(Date.UTC(full, month - 1, day))
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return isReal && full >= 1900 ? date.toISOString().slice(0, 10) : null
}

/** « 03/12/2026 », from "2026-12-03". */
export function writeDate(iso: string): string {
  return iso.split('-').reverse().join('/')
}

/** The time somebody typed, as "18:30": « 18:30 », « 18h30 », « 18 h », « 1830 ». Null when it is none. */
export function readTime(text: string): string | null {
  const clean = text.replace(/[\s\u00a0\u202f]/g, '').toLowerCase()
  const found = /^(\d{1,2})(?:[h:.](\d{2})?)?$/.exec(clean) ?? /^(\d{1,2})(\d{2})$/.exec(clean)
  if (!found) return null
  const [hour, minute] = [Number(found[1]), Number(found[2] ?? 0)]
  if (hour > 23 || minute > 59) return null
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

/** « 18 h 30 », from "18:30". */
export function writeTime(time: string): string {
  const [hour, minute] = time.split(':')
  return `${Number(hour)} h ${minute}`
}
