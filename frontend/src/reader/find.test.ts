import { describe, expect, it } from 'vitest'
import { excerpt, find, pattern } from './find'
import { fold } from './fold'

const hits = (raw: string, query: string) =>
  find([fold(raw)], query).map((match) => raw.slice(match.begin, match.end))

describe('find', () => {
  it.each([
    ['Les RECETTES réelles', 'recettes reelles', ['RECETTES réelles']],
    ["L’eau et l'eau", 'l’eau', ['L’eau', "l'eau"]],
    ['un compte-rendu, un compte rendu', 'compte rendu', ['compte-rendu', 'compte rendu']],
    ['un compte-\nrendu', 'compte-rendu', ['compte-\nrendu']],
    ['Saint-\nÉtienne', 'saint étienne', ['Saint-\nÉtienne']],
    ['eﬃcace', 'fi', ['ﬃ']],
    ['eﬃcace', 'cace', ['cace']],
    ['café\u0301 noir', 'cafe', ['café\u0301']],
    ['coût (TTC) : 1.200 €', '(ttc)', ['(TTC)']],
    ['1x200', '1.200', []],
    ['aaa', 'aa', ['aa']],
    ['rien', '   ', []],
    ['a-b', '-', []],
  ])('in %j finds %j', (raw, query, expected) => expect(hits(raw, query)).toEqual(expected))

  it('numbers passages by page, in reading order', () => {
    const pages = ['eau, eau', 'terre', 'Eau'].map(fold)
    expect(find(pages, 'eau').map(({ page, nth }) => [page, nth])).toEqual([
      [1, 0],
      [1, 1],
      [3, 0],
    ])
  })

  it('says there is nothing to look for', () => expect(pattern(' - ')).toBeNull())

  it('is quick on a budget of 350 pages', () => {
    const page =
      'Les recettes réelles de fonctionnement sont estimées à 24,6 millions d’euros. '.repeat(40)
    const pages = Array.from({ length: 350 }, () => fold(page))
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now()
      expect(find(pages, 'millions d’euros')).toHaveLength(14_000)
      return performance.now() - start
    })
    expect(Math.min(...times)).toBeLessThan(50)
  })
})

describe('excerpt', () => {
  const raw = 'Avant. Les recettes sont estimées à 24,6 millions. Après.'
  it('is the sentence around', () => {
    const begin = raw.indexOf('estimées')
    expect(excerpt(raw, { begin, end: begin + 8 })).toEqual({
      before: 'Les recettes sont ',
      hit: 'estimées',
      after: ' à 24,6 millions.',
    })
  })
  it('is cut at words when the sentence is long, and says so', () => {
    const long = `${'mot '.repeat(60)}CIBLE ${'mot '.repeat(60)}`
    const begin = long.indexOf('CIBLE')
    const { before, after } = excerpt(long, { begin, end: begin + 5 })
    expect(before).toMatch(/^…mot .*mot $/)
    expect(after).toMatch(/^ mot .*mot…$/)
  })
})
