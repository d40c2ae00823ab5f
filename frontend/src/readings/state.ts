import type { Schemas } from '../api/types'
import type { Piece } from '../local/dossier'
import type { ReadingState } from '../local/kinds'
import type { Reading } from '../local/places'

export type Position = Schemas['Position']

interface Kept {
  entity: string
  body: Schemas['KeepReading']
  /** This tablet's clock (ISO 8601). */
  at: string
}

/** The longest `place` that travels; a longer one is left behind, and its page is enough. */
const LONGEST = 2000

/**
 * The state once this tablet's own change is in: what is left out stays, the earliest opening is
 * kept (sync.md, section 5).
 */
export function afterKept(
  before: ReadingState | undefined,
  { entity, body, at }: Kept,
): ReadingState {
  const opened = before && before.opened_at < at ? before.opened_at : at
  return {
    id: entity,
    document_id: body.document_id,
    position: body.position ?? before?.position ?? null,
    is_read: body.is_read ?? before?.is_read ?? false,
    opened_at: opened,
    modified_at: at,
  }
}

/** A place as it travels: what names the version is its content, the same on every tablet. */
export function positionOf({ page, pages, at, place }: Reading, sha256: string): Position {
  const text = JSON.stringify({ at, place })
  return { sha256, page, pages, place: text.length > LONGEST ? '' : text }
}

/**
 * The place another tablet left, in the words of this one; `version` is empty when that content is
 * not in the view, and the page alone counts.
 */
export function readingOf(
  state: ReadingState | undefined,
  piece: Piece,
  sitting: string,
): Reading | undefined {
  if (!state?.position) return undefined
  const { sha256, page, pages, place } = state.position
  const left = opened(place)
  const version = piece.versions.find((one) => one.sha256 === sha256)
  return {
    document: piece.document.id,
    sitting,
    version: version && left ? version.id : '',
    page,
    pages,
    at: left?.at ?? Date.parse(state.modified_at),
    place: left?.place,
  }
}

function opened(text: string): { at: number; place: unknown } | undefined {
  try {
    const { at, place } = JSON.parse(text) as { at?: unknown; place?: unknown }
    return typeof at === 'number' && typeof place === 'object' && place !== null
      ? { at, place }
      : undefined
  } catch {
    return undefined
  }
}

/** The more recent of two places; this tablet's own when they are one. */
export function latest(here: Reading | undefined, there: Reading | undefined): Reading | undefined {
  return here && (!there || here.at >= there.at) ? here : there
}

export interface Read {
  read: number
  pieces: number
}

/** « 9 pièces lues sur 26 »: of what can be read. */
export function readCount(pieces: Piece[], isRead: (document: string) => boolean): Read {
  const readable = pieces.filter(({ version }) => version !== null)
  return {
    read: readable.filter(({ document }) => isRead(document.id)).length,
    pieces: readable.length,
  }
}
