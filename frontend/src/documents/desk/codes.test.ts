import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hasText } from '../../i18n/t'
import { flagInWords, refusalInWords } from './say'

function server(file: string): string {
  return readFileSync(new URL(`../../../../src/cartable/${file}`, import.meta.url), 'utf8')
}

/** The codes of a tuple of the server, as `FLAGS = ("little_text", …)`. */
function tuple(file: string, name: string): string[] {
  const body = new RegExp(`^${name} = \\(([^)]*)\\)`, 'm').exec(server(file))?.[1] ?? ''
  return [...body.matchAll(/"(\w+)"/g)].map((found) => found[1] ?? '')
}

/** The codes of the refusals a domain declares: `NotAPdf` is `not_a_pdf`. */
function refusals(file: string): string[] {
  const classes = [...server(file).matchAll(/^class (\w+)\(/gm)].map((found) => found[1] ?? '')
  return classes.map((name) => name.replace(/(?<!^)(?=[A-Z])/g, '_').toLowerCase())
}

const FLAGS = tuple('documents/inspection.py', 'FLAGS')
const REFUSALS = tuple('documents/inspection.py', 'REFUSALS')

describe('every code of the server has its sentences', () => {
  it('finds the codes', () => {
    expect(FLAGS).toContain('little_text')
    expect(REFUSALS).toContain('password_needed')
    expect(refusals('documents/rules.py')).toContain('not_a_pdf')
    expect(refusals('sittings/rules.py')).toContain('agenda_changed')
  })

  it.each(FLAGS)('flag %s', (code) => {
    const words = flagInWords(code)
    expect(Object.values(words)).not.toContain(code)
  })

  it.each(REFUSALS)('refusal %s', (code) => {
    expect(hasText(`desk.refusals.${code}.title`)).toBe(true)
    expect(hasText(`desk.refusals.${code}.help`)).toBe(true)
  })

  it.each([...refusals('documents/rules.py'), ...refusals('sittings/rules.py')])(
    'deed refused by %s',
    (code) => {
      expect(hasText(`desk.refusals.${code}.help`) || hasText(`errors.${code}`)).toBe(true)
    },
  )

  it('fills the size limit in', () => {
    const refusal = { code: 'file_too_large', details: { limit: 200_000_000 } }
    expect(refusalInWords(refusal).help).toContain('200\u00a0Mo')
  })

  it('has a sentence left for a code it has never heard of', () => {
    expect(refusalInWords({ code: 'brand_new', details: {} }).help).toContain('brand_new')
  })
})
