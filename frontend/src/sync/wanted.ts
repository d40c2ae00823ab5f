import { type Dossier, type Piece, piecesOf } from '../local/dossier'
import type { WantedFile } from '../local/files'
import type { DocumentVersion, FileRef, Sitting } from '../local/kinds'
import type { FileRole, StoredFile } from '../local/schema'

/** Bytes of one slice of a paper, as the server cuts it (`documents/shapes.py`). */
export const SLICE = 2 * 1024 * 1024

const HOUR = 3_600_000
/** A sitting may last all night: its papers stay the next ones until it is surely over. */
const LASTS = 12 * HOUR
/** Papers of a sitting that is over are still downloaded for a month; after, when opened. */
const RECENT = 31 * 24 * HOUR

export function paperOf(version: DocumentVersion): WantedFile {
  const { sha256, size, slices } = version
  return { sha256, size, slices, slice: SLICE, role: 'paper' }
}

/** Page texts and previews are small: one slice, whose hash is the file's. */
export function smallFile({ sha256, size }: FileRef, role: FileRole): WantedFile {
  return { sha256, size, slices: [sha256], slice: Math.max(1, size), role }
}

export function isComing(sitting: Sitting, now: number): boolean {
  return Date.parse(sitting.starts_at) + LASTS > now
}

/** Its dossier is downloaded without being asked for. */
export function isKept(sitting: Sitting, now: number): boolean {
  return sitting.state === 'convened' && Date.parse(sitting.starts_at) + RECENT > now
}

/** What makes a piece readable and searchable without a network. */
export function essentials(piece: Piece): WantedFile[] {
  const { version } = piece
  if (!version) return []
  return version.text ? [paperOf(version), smallFile(version.text, 'text')] : [paperOf(version)]
}

/** Older versions that carry notes of mine: they stay readable where they were written. */
function annotated(piece: Piece, noted: ReadonlySet<string>): WantedFile[] {
  return piece.versions
    .filter(({ id, sha256 }) => id !== piece.version?.id && noted.has(sha256))
    .flatMap((version) =>
      version.text ? [paperOf(version), smallFile(version.text, 'text')] : [paperOf(version)],
    )
}

function previews(dossier: Dossier): WantedFile[] {
  return piecesOf(dossier).flatMap(({ version }) =>
    version?.preview ? [smallFile(version.preview, 'preview')] : [],
  )
}

/** The dossiers to keep off line, in the order of their download: the next sitting first. */
export function toKeep(dossiers: Dossier[], now: number): Dossier[] {
  const start = ({ sitting }: Dossier) => Date.parse(sitting.starts_at)
  const kept = dossiers.filter(({ sitting }) => isKept(sitting, now))
  const coming = kept.filter(({ sitting }) => isComing(sitting, now))
  const over = kept.filter(({ sitting }) => !isComing(sitting, now))
  return [
    ...coming.sort((a, b) => start(a) - start(b)),
    ...over.sort((a, b) => start(b) - start(a)),
  ]
}

/**
 * Every file to have, in order: what somebody has opened, then dossier by dossier in agenda order,
 * then older versions whose hash is `noted`, the previews last. When the disk is `tight`, no preview
 * and no sitting that is over.
 */
export function wantedFiles(
  dossiers: Dossier[],
  kept: Map<string, StoredFile>,
  now: number,
  tight: boolean,
  noted: ReadonlySet<string> = new Set(),
): WantedFile[] {
  const opened = [...kept.values()].filter((file) => file.opened && !file.complete)
  const all = toKeep(dossiers, now).filter((one) => !tight || isComing(one.sitting, now))
  const pieces = all.flatMap(piecesOf)
  const files = [...opened, ...pieces.flatMap(essentials)]
  files.push(...pieces.flatMap((piece) => annotated(piece, noted)))
  if (!tight) files.push(...all.flatMap(previews))
  return [...new Map(files.map((file) => [file.sha256, file])).values()]
}

/** Every file that some row still names: whatever else is on the tablet leaves. */
export function referenced(versions: DocumentVersion[]): Set<string> {
  const hashes = new Set<string>()
  for (const { sha256, text, preview } of versions) {
    hashes.add(sha256)
    if (text) hashes.add(text.sha256)
    if (preview) hashes.add(preview.sha256)
  }
  return hashes
}

/**
 * What goes first when the disk is full (sync.md, section 6), as batches to erase one after the
 * other until there is room: previews, then sittings that are over, the oldest first; of these, the
 * older versions whose hash is `noted` last of all. A sitting that is coming keeps everything.
 */
export function sacrifices(
  dossiers: Dossier[],
  kept: Map<string, StoredFile>,
  now: number,
  noted: ReadonlySet<string> = new Set(),
): string[][] {
  const pieces = dossiers.filter(({ sitting }) => isComing(sitting, now)).flatMap(piecesOf)
  const safe = new Set(
    pieces.flatMap((piece) => [...essentials(piece), ...annotated(piece, noted)]).map(hashOf),
  )
  const here = (hashes: string[]) => hashes.filter((sha) => kept.has(sha) && !safe.has(sha))
  const small = [...kept.values()].filter(({ role }) => role === 'preview')
  const over = dossiers
    .filter(({ sitting }) => !isComing(sitting, now))
    .sort((a, b) => a.sitting.starts_at.localeCompare(b.sitting.starts_at))
    .map(piecesOf)
  const last = over.map((all) => all.flatMap((piece) => annotated(piece, noted)).map(hashOf))
  const spared = new Set(last.flat())
  const first = over.map((all) =>
    all
      .flatMap(({ versions }) => versions)
      .flatMap(({ sha256, text }) => (text ? [sha256, text.sha256] : [sha256]))
      .filter((sha) => !spared.has(sha)),
  )
  return [small.map(hashOf), ...first, ...last].map(here).filter((batch) => batch.length > 0)
}

function hashOf({ sha256 }: { sha256: string }): string {
  return sha256
}
