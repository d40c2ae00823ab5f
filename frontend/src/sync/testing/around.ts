import { expect, vi } from 'vitest'
import { readDossier } from '../../local/dossier'
import { readFiles } from '../../local/files'
import { readiness } from '../../local/readiness'
import type { Store } from '../../local/store'
import { Downloads, type Progress } from '../downloads'
import { locks, type Sample, type Shelf } from './papers'

export const NOW = Date.parse('2026-12-01T10:00:00Z')
export const SOON = '2026-12-03T17:30:00Z'
export const LATER = '2026-12-10T18:00:00Z'
export const LAST_MONTH = '2026-11-05T17:30:00Z'

/** Downloads from a shelf, with a clock that goes by itself and rests that last a moment. */
export function around(shelf: Shelf, lock = locks()) {
  const told: Progress[] = []
  const disagreements: string[] = []
  let clock = NOW
  const downloads = new Downloads({
    remote: shelf,
    now: () => (clock += 100),
    rest: () => new Promise((resolve) => setTimeout(resolve, 1)),
    onprogress: (progress) => told.push(progress),
    ondisagreement: ({ authority }) => disagreements.push(authority),
    lock,
  })
  return { downloads, told, disagreements, lock }
}

/** Until nothing travels any more. */
export async function quiet(told: Progress[]): Promise<Progress> {
  await vi.waitFor(() => expect(told.at(-1)?.running).toBe(false), { timeout: 5_000 })
  return told.at(-1) as Progress
}

export async function ready(store: Store, sitting: string) {
  const dossier = await readDossier(store, sitting)
  if (!dossier) throw new Error('no dossier')
  return readiness(dossier, await readFiles(store))
}

export function short({ sha256 }: Sample): string {
  return sha256.slice(0, 6)
}
