import { ACCENTS, fold, LEFTOVERS, SPELLED_OUT } from './words'

const NUMBERED = /\b(annexe|pi[eè]ce|rapport|lot|tranche|plan)-(?=\d)/giu
const EDGES = /^[\s,.;:_-]+|[\s,.;:_-]+$/g

/**
 * A clean French title from the rest of a file's name: spaces, accents and a capital given back,
 * traces of its making taken away. Empty when the name held nothing but a number.
 */
export function cleanTitle(rest: string): string {
  let text = spaced(rest.replace(/\.pdf$/i, ''))
    .replace(/\s+/g, ' ')
    .replace(NUMBERED, '$1 ')
    .replace(EDGES, '')
  if (/\p{L}{4}/u.test(text) && text === text.toUpperCase()) text = text.toLowerCase()
  text = spelledOut(withoutLeftovers(text))
    .replace(/\p{L}+/gu, (word) => ACCENTS[word] ?? word)
    .replace(/\b([dlnsjmtc]|qu|jusqu)['’ ](?=[aeiouyhâàéèêëîïôûœ])/giu, '$1’')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** A name without any space uses hyphens for them; in a name with spaces they belong to words. */
function spaced(name: string): string {
  const loose = name.replace(/_+/g, ' ').replace(/\s+[-–]\s+/g, ', ')
  return name.trim().includes(' ') ? loose : loose.replace(/(?<=\D)-+|-+(?=\D)/g, ' ')
}

function withoutLeftovers(text: string): string {
  const found = LEFTOVERS.exec(fold(text).replace(/-/g, ' '))
  if (!found || found.index === 0) return text
  return withoutLeftovers(text.slice(0, found.index).replace(EDGES, ''))
}

function spelledOut(text: string): string {
  const folded = fold(text).replace(/-/g, ' ')
  for (const [pattern, words] of SPELLED_OUT) {
    const found = pattern.exec(folded)
    if (found) return words + text.slice(found[0].length)
  }
  return text
}
