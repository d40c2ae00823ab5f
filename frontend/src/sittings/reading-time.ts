/** A page of council papers takes about that long, tables and plans included. */
const MINUTES_A_PAGE = 0.77

/** Minutes rounded to 5, or to the hour from two hours on. */
export function readingMinutes(pages: number): number {
  const minutes = pages * MINUTES_A_PAGE
  const step = minutes >= 110 ? 60 : 5
  return Math.max(5, Math.round(minutes / step) * step)
}
