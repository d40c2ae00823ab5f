import { describe, expect, it } from 'vitest'
import { byState, hindrances } from './lists'
import type { SittingLine } from './shapes'

const NOW = new Date('2026-11-21T18:00:00Z')
function line(id: string, starts_at: string, change: Partial<SittingLine> = {}): SittingLine {
  return {
    id,
    starts_at,
    assembly_id: 'a',
    time_zone: 'Europe/Paris',
    place: '',
    state: 'convened',
    convened_at: null,
    assembly_name: 'Conseil municipal',
    items: 3,
    recipients: 19,
    ...change,
  }
}

describe('the list of sittings', () => {
  it('puts the work first and the latest past before the older', () => {
    const lines = [
      line('later', '2027-01-10T17:30:00Z'),
      line('old', '2026-01-10T17:30:00Z'),
      line('draft', '2026-12-20T17:30:00Z', { state: 'draft' }),
      line('soon', '2026-12-03T17:30:00Z'),
      line('recent', '2026-10-10T17:30:00Z'),
    ]
    const groups = byState(lines, NOW).map((group) => [group.code, group.lines.map(({ id }) => id)])
    expect(groups).toEqual([
      ['drafts', ['draft']],
      ['coming', ['soon', 'later']],
      ['past', ['recent', 'old']],
    ])
  })

  it('keeps a sitting that has begun among those that come', () => {
    expect(byState([line('now', '2026-11-21T17:00:00Z')], NOW)[0]?.code).toBe('coming')
  })

  it('says what keeps a draft from being called', () => {
    const past = '2026-11-01T17:30:00Z'
    const draft = { state: 'draft' as const, items: 0, recipients: 0 }
    expect(hindrances(line('a', past, draft), NOW)).toEqual([
      'past_draft',
      'no_items',
      'no_recipients',
    ])
    expect(hindrances(line('a', past), NOW)).toEqual([])
  })
})
