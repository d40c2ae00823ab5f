import type { DocumentKind } from './shapes'

/**
 * Words that town halls write in the names of their files, folded (lower case, no accent).
 * The first word found in a name gives the kind; an annex wins wherever it stands
 * ("rapport_annexe-2" is an annex of the report).
 */
export const KIND_WORDS: readonly (readonly [DocumentKind, RegExp])[] = [
  ['annex', /\b(annexes?|pieces? jointes?|pj)\b/],
  ['convocation', /\bconvoc(ation)?s?\b/],
  ['agenda', /\b(ordre du jour|odj)\b/],
  ['summary_note', /\b(note (explicative )?(de )?synthese|nds)\b/],
  ['draft_deliberation', /\b((projet (de )?)?delib(eration)?s?|dcm)\b/],
  ['minutes', /\b(proces verb(al|aux)|pv|comptes? rendus?|cr)\b/],
  ['report', /\b(rapports?|rob|dob|exposes?( des motifs)?)\b/],
  ['annex', /\b(plans?|devis|conventions?|contrats?|statuts|tableaux?|avenants?)\b/],
]

/** Kinds that speak of the whole sitting, whatever number their file bears. */
export const WHOLE_SITTING: ReadonlySet<DocumentKind> = new Set(['convocation', 'agenda'])

/** Traces of the making of a file, which say nothing to a councillor. */
export const LEFTOVERS =
  /(?:^|\s)(?:\(\d+\)|copie|copy|vf|vdef|def|definitive?|finale?|final|signee?|v\d{1,2}|version \d{1,2}|ok)$/

/** Shortened words of file names, as they are to be read. Keys are folded. */
export const SPELLED_OUT: readonly (readonly [RegExp, string])[] = [
  [/^odj\b/, 'ordre du jour'],
  [/^nds\b/, 'note de synthèse'],
  [/^(pv|proces verbal)\b/, 'procès-verbal'],
  [/^cr\b/, 'compte rendu'],
  [/^(projet )?(de )?delib(eration)?\b/, 'projet de délibération'],
  [/^(projet )?dcm\b/, 'projet de délibération'],
  [/^(pj|ann)\b/, 'annexe'],
  [/^rob\b/, 'rapport d’orientation budgétaire'],
  [/^convoc\b/, 'convocation'],
]

/** Accents that file names lose. Only words with one single spelling stand here. */
export const ACCENTS: Readonly<Record<string, string>> = Object.fromEntries(
  (
    'délibération délibérations synthèse procès séance séances état états énergie école écoles collège ' +
    'décembre février août création créations marché marchés règlement règlements intérieur modificatif ' +
    'général générale généraux prêt prêts dépense dépenses représentation développement aménagement ' +
    'propriété acquisition mobilité électricité éclairage équipement équipements sécurité santé théâtre ' +
    'médiathèque bibliothèque communauté métropole intercommunalité numérique étude études évaluation ' +
    'prévisionnel prévisionnelle budgétaire budgétaires révision résidence bâtiment bâtiments île hôtel ' +
    'périscolaire élu élus élection désignation président présidente société sociétés échéancier église'
  )
    .split(' ')
    .map((word) => [fold(word), word]),
)

/** Lower case without accents; same length in characters for every French text. */
export function fold(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[œŒ]/g, 'o')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[’`]/g, "'")
    .toLowerCase()
}
