const NO_BREAK = '\u00a0'
const THIN = '\u202f'

/**
 * French spacing, so that `fr.json` can be written with the keys of a keyboard: the no-break
 * spaces before « ; : ! ? » and inside guillemets, between a number and its unit, and the curly
 * apostrophe. Lexique des règles typographiques en usage à l'Imprimerie nationale.
 */
export function typeset(text: string): string {
  return text
    .replaceAll("'", '’')
    .replace(/ (?=[;!?])/g, THIN)
    .replace(/ (?=:)/g, NO_BREAK)
    .replace(/« /g, `«${NO_BREAK}`)
    .replace(/ »/g, `${NO_BREAK}»`)
    .replace(/(\d) (?=\d{3}(?!\d))/g, `$1${THIN}`)
    .replace(/(\d) (?=(?:h|min|s|o|ko|Mo|Go|%|€)(?![\p{L}]))/gu, `$1${NO_BREAK}`)
    .replace(/(\bh) (?=\d)/g, `$1${NO_BREAK}`)
    .replace(/(\bn°|\bp\.|\bM\.|\bMme|\bart\.) /g, `$1${NO_BREAK}`)
}
