import { t } from '../i18n/t'
import { type Dossier, type Piece, piecesOf } from '../local/dossier'
import type { DocumentVersion } from '../local/kinds'
import type { Way } from '../reader/reader'

/** The readable pieces before and after one, in agenda order. */
export function neighbours(
  dossier: Dossier,
  document: string,
  base: string,
): { previous: Way | null; next: Way | null } {
  const readable = piecesOf(dossier).filter(({ version }) => version !== null)
  const at = readable.findIndex((one) => one.document.id === document)
  const way = (piece: Piece | undefined) =>
    piece ? { title: piece.document.title, href: `${base}/${piece.document.id}` } : null
  return at < 0
    ? { previous: null, next: null }
    : { previous: way(readable[at - 1]), next: way(readable[at + 1]) }
}

/** « Point 3 · Rapport · version 2, celle que vous lisiez » */
export function subtitle(dossier: Dossier, piece: Piece, version: DocumentVersion): string {
  const point = dossier.points.find(({ item }) => item.id === piece.document.agenda_item_id)
  const number = point?.item.number
  const params = { number: version.number }
  const older = piece.version !== null && piece.version.id !== version.id
  return [
    number ? t('documents.point', { number }) : '',
    t(`kinds.document.${piece.document.kind}`),
    older
      ? t('documents.version_read', params)
      : version.number > 1
        ? t('documents.version', params)
        : '',
  ]
    .filter(Boolean)
    .join(' · ')
}
