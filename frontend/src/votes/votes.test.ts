import { describe, expect, it } from 'vitest'
import type { AgendaItem } from '../local/kinds'
import { BLANK, isReady, isSame, joined, type Preparation, tally } from './preparation'
import { afterPrepared } from './replay'

const item = (id: string, kind: AgendaItem['kind']) => ({ id, kind }) as AgendaItem
const wrote = (part: Partial<Preparation>, settles = false) => ({
  entity: 'e',
  body: { agenda_item_id: 'i', ...BLANK, ...part, settles },
  at: '2026-11-21T10:00:00Z',
})
const other = {
  ...BLANK,
  choice: 'against' as const,
  argument: 'Trop cher.',
  device_name: 'iPad de la mairie',
  modified_at: '2026-11-20T10:00:00Z',
}

describe('an intention and what was just written', () => {
  it('is what was written, whole', () => {
    const first = afterPrepared(undefined, wrote({ choice: 'for', argument: 'Utile.' }))
    expect(first).toMatchObject({ id: 'e', agenda_item_id: 'i', choice: 'for', other: null })
    expect(afterPrepared(first, wrote({ speech: 'Oui.' }))).toMatchObject({
      choice: 'undecided',
      argument: '',
      speech: 'Oui.',
    })
  })
  it('keeps the answer of another tablet until one is chosen', () => {
    const row = { ...afterPrepared(undefined, wrote({ choice: 'for' })), other }
    expect(afterPrepared(row, wrote({ choice: 'abstain' })).other).toEqual(other)
    expect(afterPrepared(row, wrote({ choice: 'against' }, true)).other).toBeNull()
  })
})

describe('two answers', () => {
  it('are joined without losing or doubling a word', () => {
    const mine: Preparation = { ...BLANK, choice: 'for', argument: 'Utile.', question: 'Combien ?' }
    const both = joined(mine, { ...other, question: 'Combien ? Et quand ?' })
    expect(both).toEqual({
      ...mine,
      argument: 'Utile.\n\nTrop cher.',
      question: 'Combien ? Et quand ?',
    })
    expect(isSame(joined(both, other), both)).toBe(true)
  })
})

describe('the progress of a preparation', () => {
  it('counts what is voted, and questions of every item', () => {
    const items = [
      item('a', 'deliberation'),
      item('b', 'deliberation'),
      item('c', 'information'),
      item('d', 'motion'),
      item('e', 'heading'),
    ]
    const prepared = new Map<string, Preparation>([
      ['a', { ...BLANK, choice: 'for' }],
      ['b', { ...BLANK, argument: 'À lire', question: ' ' }],
      ['c', { ...BLANK, question: 'Quand ?' }],
      ['d', { ...BLANK, is_concerned: true }],
    ])
    expect(tally(items, prepared)).toEqual({ ready: 2, voted: 3, questions: 1 })
    expect(isReady(undefined)).toBe(false)
  })
})
