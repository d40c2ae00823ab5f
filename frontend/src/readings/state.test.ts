import { describe, expect, it } from 'vitest'
import type { Piece } from '../local/dossier'
import type { Reading } from '../local/places'
import { afterKept, latest, positionOf, readCount, readingOf } from './state'

const EARLY = '2026-11-20T08:00:00.000Z'
const LATE = '2026-11-21T08:00:00.000Z'
const reading: Reading = {
  document: 'd',
  sitting: 's',
  version: 'v1',
  page: 7,
  pages: 10,
  at: 1_000,
  place: { page: 7, zoom: 1.5, top: 300, left: 20 },
}
const piece = {
  document: { id: 'd' },
  version: { id: 'v1', sha256: 'aa' },
  versions: [{ id: 'v1', sha256: 'aa' }],
} as unknown as Piece
const kept = (body: object, at: string) => ({
  entity: 'e',
  body: { document_id: 'd', ...body },
  at,
})

describe('a reading state and what was just kept', () => {
  it('leaves what is left out, and keeps the earliest opening', () => {
    const position = positionOf(reading, 'aa')
    const opened = afterKept(undefined, kept({ position }, LATE))
    expect(opened).toMatchObject({ position, is_read: false, opened_at: LATE })
    const marked = afterKept(opened, kept({ is_read: true }, EARLY))
    expect(marked).toMatchObject({ position, is_read: true, opened_at: EARLY })
    expect(afterKept(marked, kept({ is_read: false }, LATE))).toMatchObject({
      is_read: false,
      opened_at: EARLY,
    })
  })
})

describe('a place on another tablet', () => {
  const state = afterKept(undefined, kept({ position: positionOf(reading, 'aa') }, LATE))

  it('comes back exactly, for the same content', () => {
    expect(readingOf(state, piece, 's')).toEqual(reading)
    expect(readingOf(undefined, piece, 's')).toBeUndefined()
  })
  it('is a page alone on another content, or when it is not understood', () => {
    const newer = { ...piece, versions: [] }
    expect(readingOf(state, newer, 's')).toMatchObject({ version: '', page: 7 })
    for (const place of ['', '{}', 'null', '{"at":1}']) {
      const position = { sha256: 'aa', page: 3, pages: 10, place }
      expect(readingOf({ ...state, position }, piece, 's')).toMatchObject({
        version: '',
        page: 3,
        at: Date.parse(LATE),
      })
    }
  })
  it('does not travel when it is too long', () => {
    expect(positionOf({ ...reading, place: { note: 'x'.repeat(3000) } }, 'aa').place).toBe('')
  })
  it('yields to a more recent one', () => {
    const later = { ...reading, at: 2_000 }
    expect(latest(reading, later)).toBe(later)
    expect(latest(later, reading)).toBe(later)
    expect(latest(reading, { ...reading })).toBe(reading)
    expect(latest(undefined, later)).toBe(later)
    expect(latest(reading, undefined)).toBe(reading)
  })
})

it('counts what is read of what can be read', () => {
  const unready = { ...piece, version: null }
  expect(readCount([piece, unready], () => true)).toEqual({ read: 1, pieces: 1 })
})
