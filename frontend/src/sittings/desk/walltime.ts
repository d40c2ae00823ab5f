/** The wall clock of `zone` (IANA name) at an instant: { date: "2026-12-03", time: "18:30" }. */
export function wallTime(instant: string, zone: string): { date: string; time: string } {
  const text = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(new Date(instant))
  const [date = '', time = ''] = text.split(' ')
  return { date, time }
}

/** The fields of a form as the wire wants them, or null while they do not make a date. */
export function localTime(date: string, time: string): string | null {
  const text = `${date}T${time.slice(0, 5)}`
  const isWhole = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text)
  return isWhole && !Number.isNaN(Date.parse(`${text}Z`)) ? text : null
}

/** A wall clock time as an instant to be written in the zone "UTC": the same figures, no zone. */
export function asWritten(local: string): Date {
  return new Date(`${local}Z`)
}

/** Whether a wall clock time of `zone` is before now. */
export function isPast(local: string, zone: string, now: Date): boolean {
  const wall = wallTime(now.toISOString(), zone)
  return local < `${wall.date}T${wall.time}`
}
