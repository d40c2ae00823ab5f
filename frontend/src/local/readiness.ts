import { type Dossier, type Piece, piecesOf } from './dossier'
import { heldBytes } from './files'
import type { StoredFile } from './schema'

/** How much of a piece is on the tablet, in bytes; `ready` when it can be read and searched. */
export interface PieceReadiness {
  size: number
  held: number
  ready: boolean
}

export interface Readiness {
  /** Pieces with something to read. */
  pieces: number
  ready: number
  size: number
  held: number
}

export function pieceReadiness(piece: Piece, files: Map<string, StoredFile>): PieceReadiness {
  const { version } = piece
  if (!version) return { size: 0, held: 0, ready: false }
  const paper = files.get(version.sha256)
  const text = version.text && files.get(version.text.sha256)
  const size = version.size
  const held = paper ? heldBytes(paper) : 0
  const ready = paper?.complete === true && (version.text === null || text?.complete === true)
  return { size, held, ready }
}

export function readiness(dossier: Dossier, files: Map<string, StoredFile>): Readiness {
  const all = piecesOf(dossier)
    .filter(({ version }) => version !== null)
    .map((piece) => pieceReadiness(piece, files))
  return {
    pieces: all.length,
    ready: all.filter(({ ready }) => ready).length,
    size: all.reduce((sum, one) => sum + one.size, 0),
    held: all.reduce((sum, one) => sum + one.held, 0),
  }
}
