import { describe, expect, it } from 'vitest'
import type { Dossier, Piece } from '../local/dossier'
import { placeToOpen } from './reading.svelte'
import { neighbours, subtitle } from './ways'

function piece(id: string, version: string | null, item: string | null = null): Piece {
  return {
    document: { id, title: `Pièce ${id}`, kind: 'report', agenda_item_id: item },
    version: version && { id: version, number: 2, pages: 10 },
    versions: [],
  } as unknown as Piece
}

const first = piece('a', 'a1')
const second = piece('b', 'b1', 'i1')
const last = piece('d', 'd1', 'i1')
const dossier = {
  sitting: { id: 's' },
  general: [first],
  points: [{ item: { id: 'i1', number: 3 }, pieces: [second, piece('c', null, 'i1'), last] }],
} as unknown as Dossier

describe('the pieces around one', () => {
  it('follow the agenda and leap over what cannot be read', () => {
    const { previous, next } = neighbours(dossier, 'b', '/seances/t/s')
    expect(previous).toEqual({ title: 'Pièce a', href: '/seances/t/s/a' })
    expect(next).toEqual({ title: 'Pièce d', href: '/seances/t/s/d' })
  })

  it('end with the dossier', () => {
    expect(neighbours(dossier, 'a', '').previous).toBeNull()
    expect(neighbours(dossier, 'd', '').next).toBeNull()
    expect(neighbours(dossier, 'c', '')).toEqual({ previous: null, next: null })
  })
})

describe('the line under the title', () => {
  it('says point, kind and version, and when it is an older one', () => {
    const { version } = second
    if (!version) throw new Error('no version')
    expect(subtitle(dossier, second, version)).toBe('Point 3 · Rapport · version 2')
    const older = { ...version, id: 'b0', number: 1 }
    expect(subtitle(dossier, second, older)).toContain('version 1, celle que vous lisiez')
    expect(subtitle(dossier, first, { ...version, id: 'a1', number: 1 })).toBe('Rapport')
  })
})

describe('where a piece opens', () => {
  const place = { page: 7, zoom: 1.5, top: 300, left: 20 }
  const reading = {
    document: 'b',
    sitting: 's',
    version: 'b1',
    page: 7,
    pages: 10,
    at: 0,
    place,
  }
  const version = second.version
  if (!version) throw new Error('no version')

  it('is exactly where it was left', () => {
    expect(placeToOpen(reading, version, undefined)).toEqual(place)
    expect(placeToOpen(undefined, version, undefined)).toBeNull()
  })

  it('is the page asked for, when one is', () => {
    expect(placeToOpen(reading, version, 3)).toMatchObject({ page: 3, zoom: 'page-width' })
  })

  it('is the same page of a new version, or its last', () => {
    expect(placeToOpen({ ...reading, version: 'b0' }, version, undefined)).toMatchObject({
      page: 7,
    })
    const shorter = { ...version, pages: 4 }
    expect(placeToOpen({ ...reading, version: 'b0' }, shorter, undefined)).toMatchObject({
      page: 4,
    })
  })
})
