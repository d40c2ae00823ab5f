import { membership } from '../accounts/account.svelte'
import { type Dossier, piecesOf } from '../local/dossier'
import type { ReadingState } from '../local/kinds'
import { type Body, readingStateId, write } from '../local/outbox'
import { type Reading, readReadings } from '../local/places'
import { readRows } from '../local/rows'
import { openKept, type Store } from '../local/store'
import { readView } from '../local/view'
import { sync } from '../sync/shared.svelte'
import { afterKept, latest, type Position, readingOf } from './state'

/** How far somebody is in the pieces of one sitting, on whatever tablet they read. */
export interface Readings {
  /** Pieces marked as read, by document id. */
  read: Set<string>
  /** Where reading goes on: the most recent place of all tablets. */
  last: Reading | undefined
}

/** Reading states by document id: rows and outbox replayed. */
export async function readStates(store: Store): Promise<Map<string, ReadingState>> {
  const shown = await readView(
    store,
    () => readRows(store, 'reading_state'),
    (row, change) => (change.name === 'keep_reading' ? afterKept(row, change) : row),
  )
  return new Map(shown.map((state) => [state.document_id, state]))
}

export async function readReadingsOf(store: Store, dossier: Dossier): Promise<Readings> {
  const [states, places] = await Promise.all([readStates(store), readReadings(store)])
  const here = new Map(places.map((place) => [place.document, place]))
  const pieces = piecesOf(dossier)
  const known = pieces.flatMap((piece) => {
    const { id } = piece.document
    const reading = latest(here.get(id), readingOf(states.get(id), piece, dossier.sitting.id))
    return reading && piece.version ? [reading] : []
  })
  return {
    read: new Set([...states.values()].filter((one) => one.is_read).map((one) => one.document_id)),
    last: known.reduce<Reading | undefined>((a, b) => (a && a.at > b.at ? a : b), undefined),
  }
}

async function keep(
  authority: string,
  document: string,
  part: Pick<Body['keep_reading'], 'position' | 'is_read'>,
): Promise<void> {
  const member = membership(authority)?.member_id
  // Signed out while a piece was open: there is nobody to keep it for.
  if (!member) return
  const entity = await readingStateId(member, document)
  const store = await openKept(sync.account, authority)
  await write(store, [{ name: 'keep_reading', entity, body: { document_id: document, ...part } }])
}

export function keepPosition(authority: string, document: string, position: Position) {
  return keep(authority, document, { position })
}

export function markRead(authority: string, document: string, isRead: boolean): Promise<void> {
  return keep(authority, document, { is_read: isRead })
}
