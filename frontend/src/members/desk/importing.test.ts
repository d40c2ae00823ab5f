import { describe, expect, it } from 'vitest'
import { base64, changeInWords, columnName, faultInWords, whereInWords } from './importing'

const fault = { line: 12, column: 5, field: 'email', code: 'email', value: 'a@b', other_line: 0 }

describe('an import', () => {
  it('names columns as a spreadsheet does', () => {
    expect([1, 5, 26, 27, 52, 703].map(columnName)).toEqual(['A', 'E', 'Z', 'AA', 'AZ', 'AAA'])
  })
  it('says where and what is wrong', () => {
    expect(whereInWords(fault)).toBe('Ligne 12, colonne E')
    expect(whereInWords({ ...fault, column: 0 })).toBe('Ligne 12')
    expect(faultInWords(fault)).toContain('complète')
    const twice = { ...fault, code: 'contradicts', field: 'phone', other_line: 3 }
    expect(faultInWords(twice)).toMatch(/Téléphone.*ligne 3/)
  })
  it('says what changes, in the words of the country', () => {
    const words = (field: string, before: string, after: string) =>
      changeInWords({ field, before, after }).replaceAll('\u00a0', ' ')
    expect(words('phone', '', '+33612345678')).toContain('06 12 34 56 78')
    expect(words('position', 'Maire', 'Adjoint')).toContain('avant')
    expect(words('access', '', 'reopened')).toContain('ouvert de nouveau')
    expect(words('voting', 'yes', 'no')).toContain('non')
  })
  it('sends bytes as they are', async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => at % 256)
    const text = await base64(new Blob([bytes]))
    expect(Uint8Array.from(atob(text), (c) => c.charCodeAt(0))).toEqual(bytes)
  })
})
