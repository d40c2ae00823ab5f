import { describe, expect, it } from 'vitest'
import type { Dossier } from '../local/dossier'
import type { StoredFile } from '../local/schema'
import { sacrifices } from './wanted'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const version = (sha256: string) => ({ id: sha256, sha256, size: 1, slices: [sha256], text: null })

/** A dossier of one piece in two versions, the second in force. */
function dossier(name: string, starts_at: string): Dossier {
  const versions = [version(`${name}-2`), version(`${name}-1`)]
  const piece = { document: { id: name }, version: versions[0], versions }
  return { sitting: { starts_at }, points: [], general: [piece] } as unknown as Dossier
}

const dossiers = [
  dossier('next', '2026-11-27T18:00:00Z'),
  dossier('spring', '2026-04-10T18:00:00Z'),
  dossier('winter', '2026-01-10T18:00:00Z'),
]
const files = (...roles: [string, StoredFile['role']][]) =>
  new Map(roles.map(([sha256, role]) => [sha256, { sha256, role } as StoredFile]))
const kept = files(
  ...(['next', 'spring', 'winter'] as const).flatMap((name): [string, StoredFile['role']][] => [
    [`${name}-1`, 'paper'],
    [`${name}-2`, 'paper'],
  ]),
  ['preview', 'preview'],
)

describe('what a full tablet gives up', () => {
  it('begins with previews, then the oldest sittings', () => {
    expect(sacrifices(dossiers, kept, NOW)).toEqual([
      ['preview'],
      ['winter-2', 'winter-1'],
      ['spring-2', 'spring-1'],
    ])
  })

  it('keeps an older version to the last while notes stand on it, for good before its sitting', () => {
    expect(sacrifices(dossiers, kept, NOW, new Set(['winter-1', 'next-1']))).toEqual([
      ['preview'],
      ['winter-2'],
      ['spring-2', 'spring-1'],
      ['winter-1'],
    ])
  })
})
