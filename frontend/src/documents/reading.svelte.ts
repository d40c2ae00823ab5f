import { type Dossier, type Piece, piecesOf, readDossier } from '../local/dossier'
import { markOpened, readFile } from '../local/files'
import type { DocumentVersion } from '../local/kinds'
import { live } from '../local/live.svelte'
import { keepSeen, type Reading, readReading, readSeen } from '../local/places'
import { readUnder } from '../local/rows'
import type { StoredFile } from '../local/schema'
import { openStore, type Store } from '../local/store'
import { START } from '../reader/place'
import type { Place } from '../reader/reader'
import { latest, readingOf } from '../readings/state'
import { refreshDownloads } from '../sync/follow'
import { sync } from '../sync/shared.svelte'
import { paperOf } from '../sync/wanted'

/** A piece in its dossier, ready to be read. */
export interface Here {
  store: Store
  dossier: Dossier
  piece: Piece
  reading: Reading | undefined
}

/** Undefined while it is looked for; null when it is not, or no longer, in the view. */
export function livePiece(
  authority: () => string,
  sitting: () => string,
  document: () => string,
): { readonly value: Here | null | undefined } {
  return live(['rows', 'authorities'], async () => {
    const wanted = document()
    const sittingId = sitting()
    const store = await openStore(sync.account, authority())
    const dossier = await readDossier(store, sittingId)
    const piece = dossier && piecesOf(dossier).find((one) => one.document.id === wanted)
    if (!piece) return null
    const [place, [state]] = await Promise.all([
      readReading(store, wanted),
      readUnder(store, 'reading_state', wanted),
    ])
    // Opened where it was left, on whatever tablet that was.
    return { store, dossier, piece, reading: latest(place, readingOf(state, piece, sittingId)) }
  })
}

/** How much of one version is on the tablet. */
export function liveFile(
  store: () => Store | undefined,
  sha256: () => string | undefined,
): { readonly value: StoredFile | null | undefined } {
  return live(['files'], async () => {
    const [from, wanted] = [store(), sha256()]
    return from && wanted ? ((await readFile(from, wanted)) ?? null) : undefined
  })
}

/**
 * The version to open: the one `asked` for; else the one that was being read, as long as it is here;
 * else the one in force.
 */
export async function versionToOpen({ store, piece, reading }: Here, asked?: string) {
  const wanted = piece.versions.find(({ id }) => id === asked)
  if (wanted) return wanted
  const left = piece.versions.find(({ id }) => id === reading?.version)
  if (!left || left.id === piece.version?.id) return piece.version
  return (await readFile(store, left.sha256))?.complete ? left : piece.version
}

/** Where to open: the page asked for, or exactly where it was left; the same page of a new version. */
export function placeToOpen(
  reading: Reading | undefined,
  version: DocumentVersion,
  page: number | undefined,
): Place | null {
  if (page) return { ...START, page }
  if (!reading) return null
  if (reading.version === version.id) return reading.place as Place
  return { ...START, page: Math.min(reading.page, version.pages) }
}

/** Opened: downloaded first, whole, and seen as it is now. */
export async function opened({ store, dossier, piece }: Here, version: DocumentVersion) {
  await markOpened(store, paperOf(version))
  refreshDownloads()
  const seen = await readSeen(store, dossier.sitting.id)
  if (!seen || version.id !== piece.version?.id) return
  const { id, version_id } = piece.document
  await keepSeen(store, dossier.sitting.id, {
    ...seen,
    [id]: { version: version_id, withdrawn: false },
  })
}

/** A place of the reader, as the tablet keeps it. */
export function readingAt(
  { dossier, piece }: Here,
  version: DocumentVersion,
  place: Place,
): Reading {
  return {
    document: piece.document.id,
    sitting: dossier.sitting.id,
    version: version.id,
    page: place.page,
    pages: version.pages,
    at: Date.now(),
    place,
  }
}
