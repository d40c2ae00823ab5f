import { describe, expect, it } from 'vitest'
import { checks } from './readiness'
import type { AgendaItem, Sitting } from './shapes'

const NOW = new Date('2026-11-21T12:00:00Z')
const SITTING: Sitting = {
  id: 's',
  assembly_id: 'a',
  starts_at: '2026-12-03T17:30:00Z',
  time_zone: 'Europe/Paris',
  place: 'Salle du conseil',
  state: 'draft',
  convened_at: null,
}
const item = (id: string, kind: AgendaItem['kind'] = 'deliberation'): AgendaItem => ({
  id,
  sitting_id: 's',
  position: 1,
  number: 1,
  title: id,
  kind,
  rapporteur_id: null,
  in_camera: false,
})
const READY = {
  sitting: SITTING,
  agenda: [item('h', 'heading'), item('a')],
  recipients: 19,
  pieces: [{ itemId: 'a', state: 'ready' as const }],
  sending: 0,
  stopped: 0,
  now: NOW,
}
const codes = (change: Partial<typeof READY>) =>
  checks({ ...READY, ...change } as typeof READY).map((check) => check.code)

describe('before a sitting is called', () => {
  it('has nothing to say but who is called when all is ready', () => {
    expect(checks(READY)).toEqual([
      { code: 'recipients', n: 19, tone: 'ok', icon: 'check', blocks: false },
    ])
  })

  it('names what is missing', () => {
    expect(codes({ recipients: 0 })).toEqual(['nobody'])
    expect(codes({ sitting: { ...SITTING, place: ' ' } })).toEqual(['recipients', 'no_place'])
    expect(codes({ now: new Date('2027-01-01') })).toEqual(['recipients', 'past'])
    expect(codes({ agenda: [], pieces: [] })).toEqual(['recipients', 'agenda_empty'])
    expect(codes({ sending: 2, stopped: 1 })).toEqual(['recipients', 'stopped', 'sending'])
  })

  it('counts items without a piece: headings need none, withdrawn pieces do not count', () => {
    const withdrawn = [{ itemId: 'a', state: 'withdrawn' as const }]
    const all = checks({ ...READY, agenda: [...READY.agenda, item('b')], pieces: withdrawn })
    expect(all.find((check) => check.code === 'items_without_piece')?.n).toBe(2)
  })

  it('is stopped by the same things as the server', () => {
    const pieces = (['to_review', 'refused', 'checking'] as const).map((state) => ({
      itemId: 'a',
      state,
    }))
    const blocking = checks({ ...READY, pieces }).filter((check) => check.blocks)
    expect(blocking.map((check) => check.code)).toEqual(['refused', 'checking'])
  })
})
