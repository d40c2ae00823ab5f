import { describe, expect, it } from 'vitest'
import type { Dossier, Piece } from '../local/dossier'
import { changesOf, seenOf, withSeen } from './changes'
import { readingMinutes } from './reading-time'

function piece(id: string, version: string | null, withdrawn = false): Piece {
  const document = { id, version_id: version, withdrawn_at: withdrawn ? '2026-11-20' : null }
  return { document, version: null, versions: [] } as unknown as Piece
}

function dossier(...pieces: Piece[]): Dossier {
  return { sitting: {}, general: [], points: [{ item: {}, pieces }] } as unknown as Dossier
}

function kinds(now: Dossier, before?: Dossier) {
  return changesOf(now, before && seenOf(before)).map(({ kind, piece: { document } }) => [
    document.id,
    kind,
  ])
}

describe('what has changed since a dossier was seen', () => {
  const before = dossier(piece('a', 'a1'), piece('b', 'b1'), piece('c', 'c1'), piece('d', null))

  it('lists what was added, replaced and withdrawn, in agenda order', () => {
    const now = dossier(
      piece('a', 'a2'),
      piece('b', 'b1', true),
      piece('c', 'c1'),
      piece('d', 'd1'),
      piece('e', 'e1'),
    )
    expect(kinds(now, before)).toEqual([
      ['a', 'replaced'],
      ['b', 'withdrawn'],
      ['d', 'added'],
      ['e', 'added'],
    ])
  })

  it('says nothing of a dossier that was never opened, nor of an unchanged one', () => {
    expect(kinds(before)).toEqual([])
    expect(kinds(before, before)).toEqual([])
  })

  it('says nothing of a piece that came and went unseen, or cannot be read yet', () => {
    const now = dossier(
      ...(before.points[0]?.pieces ?? []),
      piece('x', 'x1', true),
      piece('y', null),
    )
    expect(kinds(now, before)).toEqual([])
  })

  it('forgets one change when its piece was opened', () => {
    const now = dossier(piece('a', 'a2'), piece('b', 'b2'), piece('c', 'c1'), piece('d', null))
    const seen = withSeen(seenOf(before), now.points[0]?.pieces[0] as Piece)
    expect(changesOf(now, seen).map(({ piece }) => piece.document.id)).toEqual(['b'])
  })
})

describe('reading time', () => {
  it('is told in fives, then in hours', () => {
    expect([1, 12, 41, 64, 318].map(readingMinutes)).toEqual([5, 10, 30, 50, 240])
  })
})
