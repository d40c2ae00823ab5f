const MONTHS = [
  'janvier',
  'fevrier',
  'mars',
  'avril',
  'mai',
  'juin',
  'juillet',
  'aout',
  'septembre',
  'octobre',
  'novembre',
  'decembre',
]

/**
 * The day somebody wrote in French ("3/12/2026", "3 déc. 2026", "1er mars 27", or "2026-12-03"
 * pasted), as "2026-12-03"; nothing when it is not a day of the calendar.
 */
export function parseDate(written: string): string | undefined {
  const text = fold(written)
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text)
  if (iso) return calendar(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const french =
    /^(?:[a-z]+ )?(\d{1,2})(?:er)?[\s/.-]+([a-z]+\.?|\d{1,2})[\s/.-]+(\d{4}|\d{2})$/.exec(text)
  if (!french) return undefined
  const [, day, month = '', year = ''] = french
  return calendar(Number(year.length === 2 ? `20${year}` : year), monthOf(month), Number(day))
}

/** "03/12/2026", as a French form shows it. */
export function writeDate(iso: string): string {
  return iso.split('-').reverse().join('/')
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim().replace(/\s+/g, ' ')
}

function monthOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  const start = text.replace('.', '')
  const named = MONTHS.filter((name) => start.length >= 3 && name.startsWith(start))
  return named.length === 1 ? MONTHS.indexOf(named[0] ?? '') + 1 : 0
}

function calendar(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day))
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1900
  return real ? date.toISOString().slice(0, 10) : undefined
}
