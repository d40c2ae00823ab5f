import { describe, expect, it } from 'vitest'
import { fold } from './fold'

describe('fold', () => {
  it.each([
    ['Délibération n° 12', 'deliberation no 12'],
    ['L’ŒUVRE', "l'oeuvre"],
    ['eﬃcace et ﬁnancé', 'efficace et finance'],
    ['cafe\u0301', 'cafe'],
    ['  deux\u00a0mots\r\n suivis\t', 'deux mots suivis '],
    ['la délibé-\nration', 'la deliberation'],
    ['mu\ufffe\r\nnicipal', 'municipal'],
    ['compte-rendu', 'compte-rendu'],
    ['Saint-\nÉtienne', 'saint- etienne'],
    ['co\u00adopé\u200bration', 'cooperation'],
    ['ﺡﺒﻴﺒﻲ', 'حبيبي'],
    ['حَبِيبِي', 'حبيبي'],
    ['', ''],
  ])('%j becomes %j', (raw, folded) => expect(fold(raw).text).toBe(folded))

  it('maps every folded letter to where it was', () => {
    const raw = 'Un eﬃ-\ncace  œil'
    const { text, starts } = fold(raw)
    expect(starts).toHaveLength(text.length + 1)
    const at = (word: string) => raw[starts[text.indexOf(word)] ?? -1]
    expect([at('efficace'), at('cace'), at('oeil')]).toEqual(['e', 'c', 'œ'])
    expect(starts.at(-1)).toBe(raw.length)
  })

  it('never goes backwards, whatever the text', () => {
    const letters = [
      'a',
      'É',
      'ﬁ',
      '\u0301',
      ' ',
      '\n',
      '-',
      '\u00ad',
      '𝐀',
      '\ud800',
      '…',
      '´',
      '«',
    ]
    let seed = 7
    const next = (n: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed % n
    }
    for (let round = 0; round < 500; round++) {
      const raw = Array.from({ length: next(40) }, () => letters[next(letters.length)]).join('')
      const { text, starts } = fold(raw)
      expect(starts).toHaveLength(text.length + 1)
      expect([...starts].every((start, i) => i === 0 || start >= (starts[i - 1] ?? 0))).toBe(true)
    }
  })
})
