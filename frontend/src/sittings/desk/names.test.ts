import { describe, expect, it } from 'vitest'
import { about } from './names'

describe('sentences about an assembly', () => {
  it.each([
    ['Conseil municipal', 'Préparer le conseil municipal'],
    ['Commission des finances', 'Préparer la commission des finances'],
    ['Assemblée départementale', 'Préparer l’assemblée départementale'],
    ['CCAS', 'Préparer\u00a0: CCAS'],
  ])('%s', (assembly, sentence) => {
    expect(about('desk.prepare.title_of', assembly)).toBe(sentence)
  })
})
