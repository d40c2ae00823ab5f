import type { Standing } from './shared.svelte'

/** The three states a person sees: on this tablet, sent, held by the server. */
export type Saved = 'here' | 'sent' | 'held'

/** Of all that was written in an authority: what is least far. */
export function savedOf({ pending, pushed }: Pick<Standing, 'pending' | 'pushed'>): Saved {
  if (pending > pushed) return 'here'
  return pending > 0 ? 'sent' : 'held'
}
