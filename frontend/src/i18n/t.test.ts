import { describe, expect, it } from 'vitest'
import fr from './fr.json'
import { hasText, learn, t } from './t'
import { typeset } from './typeset'

describe('typeset', () => {
  it('puts the spaces and apostrophes of French where a keyboard has none', () => {
    expect(typeset("Qu'est-ce ? « Oui » : voilà ; fini !")).toBe(
      'Qu’est-ce\u202f? «\u00a0Oui\u00a0»\u00a0: voilà\u202f; fini\u202f!',
    )
  })
  it('keeps a number with its unit and its thousands', () => {
    expect(typeset('12 000 pages, 84 Mo, 18 h 30, 40 s')).toBe(
      '12\u202f000 pages, 84\u00a0Mo, 18\u00a0h\u00a030, 40\u00a0s',
    )
    expect(typeset('3 séances')).toBe('3 séances')
  })
})

learn(fr)

describe('t', () => {
  it('fills the holes, numbers in French', () => {
    expect(t('errors.too_many_attempts', { wait: '30 s' })).toContain('dans 30 s.')
    expect(t('errors.password_too_short', { minimum: 1200 })).toContain('1\u202f200 caractères')
  })
  it('leaves a hole that nobody fills in sight', () => {
    expect(t('errors.password_too_short')).toContain('{minimum}')
  })
  it('knows which keys have a text', () => {
    expect(hasText('errors.not_found')).toBe(true)
    expect(hasText('errors.nothing_like_it')).toBe(false)
    expect(hasText('errors')).toBe(false)
    expect(hasText('errors.toString')).toBe(false)
  })
})

describe('learn', () => {
  it('adds to what a namespace already has', () => {
    const part = (key: string) => ({ lesson: { deep: { [key]: key } } })
    learn(part('one'))
    learn(part('two'))
    expect([hasText('lesson.deep.one'), hasText('lesson.deep.two')]).toEqual([true, true])
  })
})

describe('fr.json', () => {
  const texts: [string, string][] = []
  const walk = (node: object, path: string) => {
    for (const [key, value] of Object.entries(node)) {
      if (typeof value === 'string') texts.push([`${path}${key}`, value])
      else walk(value, `${path}${key}.`)
    }
  }
  walk(fr, '')

  it('has no empty text and no straight quotation mark', () => {
    expect(texts.filter(([, text]) => !text.trim() || text.includes('"'))).toEqual([])
  })
  it('gives every singular its plural', () => {
    const keys = new Set(texts.map(([key]) => key))
    const alone = [...keys].filter(
      (key) => key.endsWith('.one') && !keys.has(`${key.slice(0, -3)}other`),
    )
    expect(alone).toEqual([])
  })
})
