import type { DocumentKind } from './shapes'
import { fold, KIND_WORDS, WHOLE_SITTING } from './words'

/** What placing needs to know of a line of the agenda. */
export interface PlaceableItem {
  id: string
  number: number | null
  title: string
}

export interface Placement {
  /** The item of the agenda, or null for the whole sitting. */
  itemId: string | null
  kind: DocumentKind
  /** The name without the number that placed it, still as it was typed. */
  rest: string
  /** False when nothing in the name told where the piece goes. */
  isPlaced: boolean
}

const SIGN = '(?:n[°o]?\\s?|numero\\s?)?'
const ITEM_WORD = `(?:point|pt|affaire|question)\\s?${SIGN}0*(\\d{1,3})(?!\\d)`
const MONTHS =
  'janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre'
const DATE = [
  '\\d{4}([-_. ]?)\\d{2}\\1\\d{2}',
  '\\d{1,2}([-_. ])\\d{1,2}\\2(?:\\d{4}|\\d{2})(?!\\d)',
  `\\d{1,2}(?:er)?[ _-](?:${MONTHS})`,
].join('|')
const STARTS_WITH_DATE = new RegExp(`^(?:${DATE})`)
const DATES = new RegExp(`(?<![\\da-z])(?:${DATE})(?!\\d)`, 'g')
const STARTS_WITH_ITEM = new RegExp(`^${ITEM_WORD}(?:\\s?bis|\\s?ter)?`)
/** "03", "3bis", "3a", but not "3e trimestre", "12 %" nor "2027". */
const STARTS_WITH_NUMBER =
  /^(?:n[°o]\s?)?0*(\d{1,3})(?:\s?bis|\s?ter|[a-d])?(?![\da-z])(?!\s?[%€°])(?!\s(?:er|eme|e)\b)/
/** The order of the piece inside its item, as in "3.2 Annexe" or "3-2_annexe". */
const SUB_NUMBER = /^(?:\.\d{1,2}(?=[\s._-]|$)|-\d{1,2}(?=[_-]|$))/
const ITEM_ANYWHERE = new RegExp(`\\b${ITEM_WORD}`)
const WORD_WITH_NUMBER = new RegExp(
  `\\b(?:rapport|deliberation|delib|del|dcm|note|projet)\\s?${SIGN}0*(\\d{1,3})(?!\\d)`,
)

/** Where a file goes and what it is, from the name a clerk gave it. */
export function placeByName(fileName: string, agenda: readonly PlaceableItem[]): Placement {
  const bare = fileName
    .normalize('NFC')
    .replace(/\.pdf$/i, '')
    .replace(/^[\s_.-]+/, '')
  const words = fold(bare).replace(/[_\s-]+/g, ' ')
  const kind = kindOf(words)
  const leading = leadingNumber(bare)
  if (WHOLE_SITTING.has(kind) || leading?.number === 0) {
    return { itemId: null, kind, rest: leading?.rest ?? bare, isPlaced: true }
  }
  const number = leading?.number ?? numberInside(words)
  const numbered = agenda.find((item) => item.number !== null && item.number === number)
  const item = numbered ?? itemAbout(words, kind, agenda)
  const rest = numbered && leading ? leading.rest : bare
  return { itemId: item?.id ?? null, kind, rest, isPlaced: item !== undefined }
}

function kindOf(words: string): DocumentKind {
  const annex = KIND_WORDS[0]
  if (annex?.[1].test(words)) return annex[0]
  let best: { kind: DocumentKind; at: number } = { kind: 'other', at: Number.POSITIVE_INFINITY }
  for (const [kind, pattern] of KIND_WORDS) {
    const at = pattern.exec(words)?.index ?? Number.POSITIVE_INFINITY
    if (at < best.at) best = { kind, at }
  }
  return best.kind
}

function leadingNumber(bare: string): { number: number; rest: string } | null {
  const folded = fold(bare).replace(/_/g, ' ')
  if (STARTS_WITH_DATE.test(folded)) return null
  const found = STARTS_WITH_ITEM.exec(folded.replace(/-/g, ' ')) ?? STARTS_WITH_NUMBER.exec(folded)
  if (!found) return null
  const rest = bare.slice(found[0].length).replace(SUB_NUMBER, '')
  return { number: Number(found[1]), rest }
}

function numberInside(words: string): number | null {
  const dateless = words.replace(DATES, ' ').replace(/\s+/g, ' ')
  const found = ITEM_ANYWHERE.exec(dateless) ?? WORD_WITH_NUMBER.exec(dateless)
  return found ? Number(found[1]) : null
}

const SMALL_WORDS = new Set([
  'pour',
  'dans',
  'avec',
  'point',
  'annexe',
  'rapport',
  'projet',
  'deliberation',
  'note',
])

function significant(words: string): Set<string> {
  return new Set(
    words
      .split(/[^a-z]+/)
      .filter((word) => word.length > 3 && !SMALL_WORDS.has(word))
      .map((word) => word.replace(/[sx]$/, '')),
  )
}

/** The only item whose title shares two words or more with the name, or that approves the minutes. */
function itemAbout(
  words: string,
  kind: DocumentKind,
  agenda: readonly PlaceableItem[],
): PlaceableItem | undefined {
  if (kind === 'minutes') {
    const about = agenda.filter((item) =>
      /proces[- ]verb|comptes?[- ]rendus?/.test(fold(item.title)),
    )
    return about.length === 1 ? about[0] : undefined
  }
  const wanted = significant(words)
  const scored = agenda
    .map((item) => ({
      item,
      shared: [...significant(fold(item.title))].filter((word) => wanted.has(word)).length,
    }))
    .sort((a, b) => b.shared - a.shared)
  const [first, second] = scored
  const isClear = first !== undefined && first.shared >= 2 && first.shared > (second?.shared ?? 0)
  return isClear ? first.item : undefined
}
