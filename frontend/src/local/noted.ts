import { type Dossier, piecesOf } from './dossier'
import { readPending } from './outbox'
import { readUnder } from './rows'
import type { Store } from './schema'

/** Hashes of the versions that carry annotations, among the pieces that have older versions. */
export async function readNoted(store: Store, dossiers: Dossier[]): Promise<Set<string>> {
  const pieces = dossiers.flatMap(piecesOf).filter(({ version, versions }) => {
    return versions.some(({ id }) => id !== version?.id)
  })
  if (pieces.length === 0) return new Set()
  const [pending, ...rows] = await Promise.all([
    readPending(store),
    ...pieces.map(({ document }) => readUnder(store, 'annotation', document.id)),
  ])
  const written = pending.flatMap((one) => (one.name === 'put_annotation' ? [one.body] : []))
  return new Set([...rows.flat(), ...written].map(({ sha256 }) => sha256))
}
