import type { SittingLine } from './shapes'

export interface SittingGroup {
  code: 'drafts' | 'coming' | 'past'
  lines: SittingLine[]
}

/**
 * What a clerk has to do first: drafts, then called sittings that come, both soonest first, then
 * the past, latest first. A draft stays a draft when its date has gone by.
 */
export function byState(lines: readonly SittingLine[], now: Date): SittingGroup[] {
  const soonest = lines.toSorted((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at))
  const isPast = (line: SittingLine) => new Date(line.starts_at) < endOfSitting(now)
  const convened = soonest.filter((line) => line.state === 'convened')
  const groups: SittingGroup[] = [
    { code: 'drafts', lines: soonest.filter((line) => line.state === 'draft') },
    { code: 'coming', lines: convened.filter((line) => !isPast(line)) },
    { code: 'past', lines: convened.filter(isPast).reverse() },
  ]
  return groups.filter((group) => group.lines.length > 0)
}

/** A council that has begun is not past: it may still sit six hours later. */
function endOfSitting(now: Date): Date {
  return new Date(now.getTime() - 6 * 3_600_000)
}

export type Hindrance = 'past_draft' | 'no_items' | 'no_recipients'

/** What keeps a draft from being called, as far as the list knows. */
export function hindrances(line: SittingLine, now: Date): Hindrance[] {
  if (line.state !== 'draft') return []
  const list: Hindrance[] = []
  if (new Date(line.starts_at) < now) list.push('past_draft')
  if (line.items === 0) list.push('no_items')
  if (line.recipients === 0) list.push('no_recipients')
  return list
}
