import type { PieceState } from '../../documents/desk/verdict'
import type { IconName } from '../../ui/icons'
import type { Tone } from '../../ui/tone'
import type { AgendaItem, Sitting } from './shapes'

export type CheckCode =
  | 'recipients'
  | 'nobody'
  | 'no_place'
  | 'past'
  | 'agenda_empty'
  | 'items_without_piece'
  | 'to_review'
  | 'refused'
  | 'checking'
  | 'sending'
  | 'stopped'

export interface Check {
  code: CheckCode
  n: number
  tone: Tone
  icon: IconName
  /** True when the server would refuse to call the sitting because of it. */
  blocks: boolean
}

interface Preparation {
  sitting: Sitting
  agenda: readonly AgendaItem[]
  recipients: number
  pieces: readonly { itemId: string | null; state: PieceState }[]
  /** Uploads on their way, and those that wait for the clerk. */
  sending: number
  stopped: number
  now: Date
}

/** What is ready and what is missing before the sitting is called, the gravest last. */
export function checks(preparation: Preparation): Check[] {
  const { sitting, agenda, recipients, pieces, sending, stopped, now } = preparation
  const count = (state: PieceState) => pieces.filter((piece) => piece.state === state).length
  const list: Check[] = []
  const add = (code: CheckCode, n: number, tone: Tone, icon: IconName, blocks = false) => {
    if (n > 0) list.push({ code, n, tone, icon, blocks })
  }
  add('recipients', recipients, 'ok', 'check')
  add('nobody', Number(recipients === 0), 'bad', 'users', true)
  add('past', Number(new Date(sitting.starts_at) < now), 'bad', 'calendar', true)
  add('no_place', Number(sitting.place.trim() === ''), 'warn', 'pin')
  add('agenda_empty', Number(agenda.length === 0), 'bad', 'list', true)
  add('items_without_piece', bare(agenda, pieces), 'warn', 'alert')
  add('to_review', count('to_review'), 'warn', 'eye')
  add('refused', count('refused'), 'bad', 'refused', true)
  add('checking', count('checking'), 'brand', 'clock', true)
  add('stopped', stopped, 'bad', 'refused')
  add('sending', sending, 'brand', 'upload')
  return list
}

function bare(agenda: readonly AgendaItem[], pieces: Preparation['pieces']): number {
  const served = new Set(
    pieces.filter((piece) => piece.state !== 'withdrawn').map((piece) => piece.itemId),
  )
  return agenda.filter((item) => item.kind !== 'heading' && !served.has(item.id)).length
}
