import { describe, expect, it } from 'vitest'
import type { Parked } from '../local/parked'
import { aboutOf, kindInWords, whyInWords, wordsOf } from './recover'
import { savedOf } from './saved'

function parked(name: string, body: unknown, code = 'unknown_entity'): Parked {
  const times = { at: '2026-11-21T10:00:00Z', received_at: '2026-11-21T10:00:05Z' }
  return [{ id: 'p', name, version: 1, entity: 'e', code, body, ...times }]
}

const quote = { exact: 'crèche', prefix: '', suffix: '' }
const put = (mark: object) => parked('put_annotation', { document_id: 'd', page: 3, mark })

describe('a change to recover, in words', () => {
  it('says what it was, and gives back every word', () => {
    const note = put({ kind: 'note', text: 'Demander le coût.', label: '', quote })
    expect(kindInWords(note)).toBe('Note')
    expect(wordsOf(note).map((one) => one.replace(/[\u00a0\u202f]/g, ' '))).toEqual([
      '« crèche »',
      'Demander le coût.',
    ])
    expect(aboutOf(note[0])).toMatchObject({ document: 'd', page: 3 })
    const vote = parked('prepare_vote', {
      agenda_item_id: 'i',
      choice: 'against',
      argument: 'Trop cher',
      speech: '',
      question: 'Quel loyer ?',
    })
    expect(kindInWords(vote)).toBe('Préparation d’un vote')
    expect(wordsOf(vote)).toEqual(['Contre', 'Trop cher', 'Quel loyer ?'])
    expect(aboutOf(vote[0])).toMatchObject({ item: 'i' })
    expect(wordsOf(parked('answer_call', { sitting_id: 's', answer: 'excused' }))).toEqual([
      'Excusé',
    ])
    const answer = parked('answer_call', { sitting_id: 's', answer: 'excused' })
    expect(wordsOf(answer, 'Mme')).toEqual(['Excusée'])
  })

  it('is told once for all the changes of one thing, with its last words', () => {
    const note = put({ kind: 'note', text: 'Avant', label: '' })
    const [first] = parked('edit_note', { text: 'Pendant' })
    const [last] = parked('edit_note', { text: 'Après' }, 'another')
    const all: Parked = [...note, first, last]
    expect([kindInWords(all), wordsOf(all)]).toEqual(['Note', ['Avant', 'Après']])
    expect(whyInWords(all)).toBe('Ce que vous changiez n’existe plus.')
  })

  it('has no words for a stroke, and says so of what it does not know', () => {
    const stroke = put({ kind: 'ink', points: [1, 2, 3], label: '' })
    expect([kindInWords(stroke), wordsOf(stroke)]).toEqual(['Tracé au stylo', []])
    for (const body of [null, 'text', 7, [], { mark: null }]) {
      const odd = parked('from_the_future', body)
      expect([kindInWords(odd), wordsOf(odd)]).toEqual(['Modification', []])
      expect(wordsOf(parked('put_annotation', body))).toEqual([])
    }
  })

  it('says why, even for a reason it does not know', () => {
    expect(whyInWords(parked('edit_note', {}))).toBe('Ce que vous changiez n’existe plus.')
    expect(whyInWords(parked('edit_note', {}, 'brand_new'))).toContain('brand_new')
  })
})

describe('where what was written is', () => {
  it.each([
    [{ pending: 0, pushed: 0 }, 'held'],
    [{ pending: 2, pushed: 1 }, 'here'],
    [{ pending: 2, pushed: 2 }, 'sent'],
  ] as const)('%o: %s', (standing, saved) => expect(savedOf(standing)).toBe(saved))
})
