import type { Schemas } from '../../api/types'

export type TownSettings = Schemas['AuthoritySettings']
export type LawRule = TownSettings['law'][number]

export const KINDS = ['commune', 'epci', 'departement', 'region', 'syndicat', 'ccas'] as const

/** Where France tells its legal hours, by IANA name. */
export const ZONES = {
  'Europe/Paris': 'paris',
  'America/Guadeloupe': 'guadeloupe',
  'America/Martinique': 'martinique',
  'America/Cayenne': 'cayenne',
  'Indian/Reunion': 'reunion',
  'Indian/Mayotte': 'mayotte',
  'America/Miquelon': 'miquelon',
  'Pacific/Noumea': 'noumea',
  'Pacific/Tahiti': 'tahiti',
  'Pacific/Wallis': 'wallis',
} as const

export const DAYS = [
  'notice_days',
  'urgent_notice_days',
  'committee_notice_days',
  'budget_notice_days',
] as const
export const VOTING = ['recusal_leaves_quorum', 'chair_leaves_account', 'eldest_wins_tie'] as const

/** A form's text as the wire wants it: null when empty, undefined when it is no whole number. */
export function wholeNumber(text: string): number | null | undefined {
  const plain = text.replace(/\s/g, '')
  if (plain === '') return null
  return /^\d{1,8}$/.test(plain) ? Number(plain) : undefined
}

/** The fields of `draft` that differ from what was read. */
export function changes<T extends object>(before: T, draft: Partial<T>): Partial<T> {
  const kept = Object.entries(draft).filter(([key, value]) => before[key as keyof T] !== value)
  return Object.fromEntries(kept) as Partial<T>
}
