import { describe, expect, it, vi } from 'vitest'
import { Refusal, Unreachable } from '../../api/api'
import {
  base64,
  changeInWords,
  columnName,
  faultInWords,
  untilAnswered,
  whereInWords,
} from './importing'

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

describe('an import that a cut stopped', () => {
  const cuts = (n: number) => {
    const deed = vi.fn(async () => 'done')
    for (let k = 0; k < n; k++) deed.mockRejectedValueOnce(new Unreachable())
    return deed
  }

  it('is sent again by itself, later each time, and says so', async () => {
    const cut = vi.fn(() => true)
    const pause = vi.fn(async (_: number) => undefined)
    expect(await untilAnswered(cuts(3), cut, pause)).toBe('done')
    expect(cut).toHaveBeenCalledTimes(3)
    expect(pause.mock.calls.flat()).toEqual([2_000, 4_000, 6_000])
  })
  it('gives up in the end, or when nobody waits any more', async () => {
    const pause = async () => undefined
    await expect(untilAnswered(cuts(9), () => true, pause)).rejects.toThrow(Unreachable)
    const left = cuts(9)
    await expect(untilAnswered(left, () => false, pause)).rejects.toThrow(Unreachable)
    expect(left).toHaveBeenCalledTimes(1)
  })
  it('is not sent again when the server said no', async () => {
    const no = vi.fn(() => Promise.reject(new Refusal('import_changed', 409)))
    await expect(untilAnswered(no, () => true)).rejects.toThrow(Refusal)
    expect(no).toHaveBeenCalledTimes(1)
  })
})
