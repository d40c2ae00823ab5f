/** Text as people type it when they search: without accents, case, ligatures or line ends. */

export interface Folded {
  text: string
  /** `starts[i]`: offset in the raw text of what became character `i`; one more for the end. */
  starts: Uint32Array
}

const LETTERS: Record<string, string> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ı: 'i',
  '°': 'o',
  '‘': "'",
  '’': "'",
  ʼ: "'",
  '′': "'",
  '`': "'",
  '´': "'",
  '«': '"',
  '»': '"',
  '“': '"',
  '”': '"',
  '„': '"',
  '‐': '-',
  '‑': '-',
  '‒': '-',
  '–': '-',
  '—': '-',
  '−': '-',
  '…': '...',
  ـ: '',
}

// Zero width, soft hyphen, byte order; PDFium writes U+FFFE where a line cut a word.
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff\ufffe]/
const WORD_CUT = /(\p{L})[\ufffe\u00ad-][ \t]*\r?\n[ \t]*(?=\p{Ll})/gu
const BLANK = /[\s\p{Cc}]/u

const known = new Map<string, string>()

function foldLetter(letter: string): string {
  const kept = known.get(letter)
  if (kept !== undefined) return kept
  let folded = ''
  const lower = letter.toLowerCase()
  // NFKD opens ligatures (ﬁ), presentation forms and accents; what remains of the accents is dropped.
  for (const part of LETTERS[lower] ?? lower.normalize('NFKD')) {
    if (/\p{M}/u.test(part)) continue
    folded += LETTERS[part] ?? part
  }
  if (INVISIBLE.test(letter)) folded = ''
  else if (BLANK.test(letter)) folded = ' '
  known.set(letter, folded)
  return folded
}

/** Ends of words cut at a line end: raw offsets `[from, to)` that say nothing. */
function cuts(raw: string): Map<number, number> {
  const found = new Map<number, number>()
  for (const cut of raw.matchAll(WORD_CUT)) {
    found.set(cut.index + (cut[1]?.length ?? 0), cut.index + cut[0].length)
  }
  return found
}

/** Folds `raw`; blanks become single spaces and a word cut at a line end is whole again. */
export function fold(raw: string): Folded {
  const skipped = cuts(raw)
  const units: string[] = []
  const starts: number[] = []
  let space = true
  for (let at = 0; at < raw.length; ) {
    const jump = skipped.get(at)
    if (jump !== undefined) {
      at = jump
      continue
    }
    const letter = String.fromCodePoint(raw.codePointAt(at) ?? 0)
    const folded = foldLetter(letter)
    if (folded === ' ') {
      if (!space) {
        units.push(' ')
        starts.push(at)
      }
      space = true
    } else if (folded !== '') {
      for (let i = 0; i < folded.length; i++) starts.push(at)
      units.push(folded)
      space = false
    }
    at += letter.length
  }
  starts.push(raw.length)
  return { text: units.join(''), starts: Uint32Array.from(starts) }
}
