import type { IconName } from '../../ui/icons'
import type { Tone } from '../../ui/tone'
import type { DeskDocument, DocumentVersion } from './shapes'

/** Flags that a clerk should look at before calling the sitting; the others are only told. */
const TO_REVIEW: ReadonlySet<string> = new Set([
  'little_text',
  'damaged',
  'restricted',
  'javascript',
  'embedded_files',
  'dynamic_form',
])

/** Flags of what the preparation of the file left aside, or that change nothing for a reader. */
const UNSAID: ReadonlySet<string> = new Set(['rotated', 'outline_cut', 'no_preview'])

export type PieceState = 'checking' | 'ready' | 'to_review' | 'refused' | 'withdrawn'

export interface Verdict {
  state: PieceState
  tone: Tone | undefined
  icon: IconName
  /** Codes to say in words under the piece, the gravest first. */
  flags: string[]
  refusal: string | null
  /** The version the words are about. */
  version: DocumentVersion | null
  /** True when an earlier content stays in force meanwhile. */
  hasPrevious: boolean
}

const LOOKS: Record<PieceState, { tone: Tone | undefined; icon: IconName }> = {
  checking: { tone: 'brand', icon: 'clock' },
  ready: { tone: 'ok', icon: 'check' },
  to_review: { tone: 'warn', icon: 'eye' },
  refused: { tone: 'bad', icon: 'refused' },
  withdrawn: { tone: undefined, icon: 'out' },
}

/** Whether a flag asks for a second look, or only informs. */
export function isSerious(flag: string): boolean {
  return TO_REVIEW.has(flag)
}

/** How a piece stands, from its content in force and the one being checked. */
export function verdictOf(piece: DeskDocument): Verdict {
  const version = piece.pending ?? piece.current
  const flags = (version?.flags ?? []).filter((flag) => !UNSAID.has(flag))
  const isSuspect = flags.some(isSerious)
  const state = stateOf(piece, isSuspect)
  return {
    ...LOOKS[state],
    state,
    flags: flags.sort((a, b) => Number(isSerious(b)) - Number(isSerious(a))),
    refusal: state === 'refused' ? (version?.refusal ?? null) : null,
    version,
    hasPrevious: piece.pending !== null && piece.current !== null,
  }
}

function stateOf(piece: DeskDocument, isSuspect: boolean): PieceState {
  if (piece.document.withdrawn_at) return 'withdrawn'
  if (piece.pending?.state === 'checking') return 'checking'
  if (piece.pending?.state === 'refused') return 'refused'
  if (piece.state !== 'ready') return piece.state
  return isSuspect ? 'to_review' : 'ready'
}
