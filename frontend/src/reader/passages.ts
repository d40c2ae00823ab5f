import type { Quote } from './marks'

/** Some words of a page: offsets in its text, `end` excluded. */
export interface Passage {
  begin: number
  end: number
}

const AROUND = 32
const MAX_QUOTE = 8000
const LETTER = /[\p{L}\p{N}\p{M}'’-]/u
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*/gu

const isLetter = (raw: string, at: number) => LETTER.test(raw.charAt(at))

/** To whole words, without the blanks around; null when there is no word. */
export function snap(raw: string, { begin, end }: Passage): Passage | null {
  let [from, to] = [Math.max(0, begin), Math.min(raw.length, end)]
  while (from < to && /\s/.test(raw.charAt(from))) from++
  while (to > from && /\s/.test(raw.charAt(to - 1))) to--
  if (from >= to) return null
  while (from > 0 && isLetter(raw, from) && isLetter(raw, from - 1)) from--
  while (to < raw.length && isLetter(raw, to - 1) && isLetter(raw, to)) to++
  return { begin: from, end: to }
}

/** A copy each time: a search must not begin where another one ended. */
function wordsFrom(raw: string, offset: number): RegExpStringIterator<RegExpExecArray> {
  const word = new RegExp(WORD)
  word.lastIndex = offset
  return raw.matchAll(word)
}

/** The first word at or after an offset; null when none follows. */
export function wordFrom(raw: string, offset: number): Passage | null {
  const found = wordsFrom(raw, offset).next().value
  return found ? { begin: found.index, end: found.index + found[0].length } : null
}

/** The last word that ends before an offset. */
export function wordBefore(raw: string, offset: number): Passage | null {
  let last: Passage | null = null
  for (const found of wordsFrom(raw.slice(0, Math.max(0, offset)), 0)) {
    last = { begin: found.index, end: found.index + found[0].length }
  }
  return last
}

export type Step = 'word' | 'line'

/** Moves the end of a passage forwards (1) or back (-1), never past its first word. */
export function stretch(raw: string, passage: Passage, by: Step, way: 1 | -1): Passage {
  const { begin, end } = passage
  if (way > 0) {
    const line = raw.indexOf('\n', end + 1)
    const target = by === 'line' ? (line < 0 ? raw.length : line) : end
    const next = by === 'line' ? snap(raw, { begin, end: target }) : wordFrom(raw, end)
    return { begin, end: Math.max(end, next?.end ?? end) }
  }
  const first = wordFrom(raw, begin)?.end ?? end
  const line = raw.lastIndexOf('\n', end - 1)
  const last = by === 'line' ? line : (wordBefore(raw, end - 1)?.begin ?? begin)
  const kept = wordBefore(raw, last)
  return { begin, end: Math.max(first, kept && kept.end > begin ? kept.end : first) }
}

/** The word after a passage (1), or before it (-1); the passage itself at the end of the page. */
export function move(raw: string, passage: Passage, way: 1 | -1): Passage {
  return (way > 0 ? wordFrom(raw, passage.end) : wordBefore(raw, passage.begin)) ?? passage
}

const tidy = (text: string) => text.replace(/[\s\p{Cc}]+/gu, ' ')

/** Without the half of a surrogate pair that a cut leaves at an end. */
const unbroken = (text: string) => text.replace(/\p{Cs}/gu, '')

/** What was chosen and what stands around it, so that it can be found again elsewhere. */
export function quoteOf(raw: string, { begin, end }: Passage): Quote {
  const before = tidy(raw.slice(Math.max(0, begin - 2 * AROUND), begin))
  const after = tidy(raw.slice(end, end + 2 * AROUND))
  return {
    exact: unbroken(tidy(raw.slice(begin, end)).slice(0, MAX_QUOTE)),
    prefix: unbroken(before.slice(-AROUND)),
    suffix: unbroken(after.slice(0, AROUND)),
  }
}
