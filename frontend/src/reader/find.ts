import { type Folded, fold } from './fold'

/** A passage found: raw offsets in its page's text; `nth` among the passages of that page. */
export interface Match {
  page: number
  nth: number
  begin: number
  end: number
}

export interface Excerpt {
  before: string
  hit: string
  after: string
}

const AROUND = 70
const SENTENCE_END = /[.!?…]["»”)]?\s/

/**
 * What to look for, or null when there is nothing to look for. A space of the query also finds a
 * hyphen (« compte rendu » finds « compte-rendu »), and a hyphen also finds nothing at all.
 */
export function pattern(query: string): RegExp | null {
  const folded = fold(query.trim()).text.trim()
  if (folded.replace(/[\s-]/g, '').length === 0) return null
  const source = folded
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/ ?- ?/g, '[ -]{0,2}')
    .replace(/ (?!-\])/g, '[ -]{1,2}')
  return new RegExp(source, 'g')
}

/** Raw offsets of every passage of one page. */
export function findInPage(page: Folded, wanted: RegExp): { begin: number; end: number }[] {
  const found: { begin: number; end: number }[] = []
  for (const hit of page.text.matchAll(wanted)) {
    const last = hit.index + hit[0].length - 1
    const begin = page.starts[hit.index] ?? 0
    // The end of the last letter is the start of the next one that is not the same raw letter.
    const lastStart = page.starts[last] ?? begin
    let next = last + 1
    while (page.starts[next] === lastStart && next < page.starts.length - 1) next++
    found.push({ begin, end: Math.max(page.starts[next] ?? lastStart + 1, lastStart + 1) })
  }
  return found
}

/** Every passage of a paper in reading order; `pages[i]` is the text of page `i + 1`. */
export function find(pages: readonly Folded[], query: string): Match[] {
  const wanted = pattern(query)
  if (!wanted) return []
  return pages.flatMap((page, index) =>
    findInPage(page, wanted).map((hit, nth) => ({ page: index + 1, nth, ...hit })),
  )
}

const tidy = (text: string) => text.replace(/[\s\p{Cc}\ufffe]+/gu, ' ')

/** The sentence around a passage, cut at words when it is long. */
export function excerpt(raw: string, match: { begin: number; end: number }): Excerpt {
  const lead = raw.slice(Math.max(0, match.begin - AROUND), match.begin)
  const trail = raw.slice(match.end, match.end + AROUND)
  const ends = [...lead.matchAll(new RegExp(SENTENCE_END, 'g'))].at(-1)
  const stop = trail.match(SENTENCE_END)
  let before = ends ? lead.slice(ends.index + ends[0].length) : lead
  let after = stop ? trail.slice(0, (stop.index ?? 0) + 1) : trail
  if (!ends && match.begin > AROUND) before = `…${before.replace(/^\S*\s/, '')}`
  if (!stop && match.end + AROUND < raw.length) after = `${after.replace(/\s\S*$/, '')}…`
  return {
    before: tidy(before).trimStart(),
    hit: tidy(raw.slice(match.begin, match.end)),
    after: tidy(after).trimEnd(),
  }
}
