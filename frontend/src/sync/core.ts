import type { Schemas } from '../api/types'
import type { WireRow } from '../local/kinds'
import type { Decision } from '../local/rows'
import type { Mark } from '../local/schema'

/**
 * The rules of a pull (sync.md, section 2) as one pure function: no timer, clock, chance or network
 * in here, so that a seeded scheduler can drive it through anything. `loop.ts` is the shell.
 */

/** What the server answers to a pull. */
export type Pulled = Omit<Schemas['Pulled'], 'rows'> & { rows: WireRow[] }

/**
 * What to do with a page, given the durable mark it meets; null when it answers another cursor
 * than the one in force. Called inside the transaction that applies the page.
 */
export function receive(mark: Mark, answer: Pulled): Decision | null {
  if (answer.cursor_in !== mark.cursor) return null
  const scan = answer.reset ? mark.scan + 1 : mark.scan
  const scanning = answer.reset || mark.scanning
  return {
    mark: {
      cursor: answer.cursor,
      epoch: answer.epoch,
      scan,
      scanning: scanning && answer.more,
      now: answer.now,
    },
    sweep: scanning && !answer.more,
  }
}

/** Why there is no answer, in the order of how much a person can do about it. */
export type Trouble =
  /** No network, a time-out, or a captive portal's page. */
  | 'unreachable'
  /** The server answers that it cannot now: 429 or 5xx. */
  | 'busy'
  /** The session has ended: reading goes on, the rest waits for a sign-in. */
  | 'not_signed_in'
  /** The server no longer speaks this version of the application (426). */
  | 'too_old'
  /** The tablet refused to write: it is full. */
  | 'full'
  /** The tablet refused to write, for another reason. */
  | 'disk'
  /** A refusal this version does not know. */
  | 'refused'

export interface State {
  /**
   * `resting`: up to date as far as known. `asking`: a pull is out. `peeking`: a look at the head
   * is out. `applying`: a page is being written. `waiting`: after a trouble. `ended`: to be wiped.
   */
  phase: 'resting' | 'asking' | 'peeking' | 'applying' | 'waiting' | 'ended'
  /** The mark as the last transaction left it. */
  mark: Mark
  /** Number of the request or timer in force: what bears another number is late, and ignored. */
  turn: number
  failures: number
  trouble: Trouble | null
  /** Something happened while busy: pull once more afterwards. */
  again: boolean
  shown: boolean
  /** ETag of the head at the last look. */
  etag: string | null
}

export type Event =
  /** Somebody asked, the network or the window came back, or a hint said so. */
  | { type: 'nudged' }
  | { type: 'shown'; shown: boolean }
  | { type: 'rang'; turn: number }
  | { type: 'peeked'; turn: number; etag: string | null; changed: boolean }
  | { type: 'pulled'; turn: number; answer: Pulled }
  | { type: 'failed'; turn: number; trouble: Trouble; retryAfter?: number }
  /** A page met the store: `taken` or ignored; `mark` and `rows` are what is there now. */
  | { type: 'applied'; turn: number; taken: boolean; mark: Mark; rows: number; more: boolean }
  /** The server says this membership is over for good (403 `revoked`). */
  | { type: 'revoked'; turn: number }

export type Effect =
  | { do: 'pull'; turn: number; cursor: string | null; holding: string[] }
  | { do: 'peek'; turn: number; etag: string | null }
  | { do: 'apply'; turn: number; answer: Pulled }
  /** Ring once, after a time drawn anywhere between the two (milliseconds). */
  | { do: 'ring'; turn: number; between: [number, number] }
  /** The store equals the server's view: see to the files. */
  | { do: 'settle' }
  /** Nothing of this authority may be read any more: erase the store. */
  | { do: 'wipe' }

/** Milliseconds between two looks at the head. */
export const POLL = 30_000
const FIRST_RETRY = 1_000
const LAST_RETRY = 60_000

export function start(mark: Mark): State {
  return {
    phase: 'resting',
    mark,
    turn: 0,
    failures: 0,
    trouble: null,
    again: false,
    shown: true,
    etag: null,
  }
}

type Step = [State, Effect[]]

function peek(state: State): Step {
  const turn = state.turn + 1
  return [{ ...state, phase: 'peeking', turn }, [{ do: 'peek', turn, etag: state.etag }]]
}

function end(state: State): Step {
  return [{ ...state, phase: 'ended', turn: state.turn + 1 }, [{ do: 'wipe' }]]
}

function pull(state: State): Step {
  const turn = state.turn + 1
  const next: State = { ...state, phase: 'asking', turn, again: false }
  return [next, [{ do: 'pull', turn, cursor: state.mark.cursor, holding: [] }]]
}

/** Nothing to do: a look at the head in a while, only while somebody may be looking. */
function rest(state: State): Step {
  const turn = state.turn + 1
  const next: State = { ...state, phase: 'resting', turn }
  return [next, state.shown ? [{ do: 'ring', turn, between: [POLL, POLL * 1.1] }] : []]
}

/** Full jitter, doubling from 1 s to 60 s, for ever; never before the server wishes it. */
function fail(state: State, trouble: Trouble, retryAfter = 0): Step {
  const turn = state.turn + 1
  const most = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** Math.min(state.failures + 1, 6))
  const least = Math.max(FIRST_RETRY, retryAfter)
  const next: State = {
    ...state,
    phase: 'waiting',
    turn,
    trouble,
    failures: state.failures + 1,
    again: false,
  }
  return [next, [{ do: 'ring', turn, between: [least, Math.max(most, least * 1.1)] }]]
}

function onNudge(state: State): Step {
  if (state.phase === 'asking' || state.phase === 'applying') return [{ ...state, again: true }, []]
  return pull(state)
}

function onShown(state: State, shown: boolean): Step {
  const next = { ...state, shown }
  if (!shown || state.phase === 'asking' || state.phase === 'applying') return [next, []]
  return state.phase === 'waiting' ? pull(next) : peek(next)
}

function onRing(state: State): Step {
  if (state.phase === 'waiting') return pull(state)
  return state.shown ? peek(state) : rest(state)
}

function onPulled(state: State, answer: Pulled): Step {
  if (state.phase !== 'asking') return [state, []]
  const effect: Effect = { do: 'apply', turn: state.turn, answer }
  return [{ ...state, phase: 'applying' }, [effect]]
}

function onApplied(state: State, event: Event & { type: 'applied' }): Step {
  const next: State = { ...state, mark: event.mark, failures: 0, trouble: null }
  // Ignored: another tab went further meanwhile. Go on from where it is.
  if (!event.taken || event.more) return pull(next)
  // An active member always reads at least the authority itself.
  if (event.rows === 0) return end(next)
  const [after, effects] = next.again ? pull(next) : rest(next)
  return [after, [{ do: 'settle' }, ...effects]]
}

/** The whole machine. Late, doubled and reordered events are harmless: they bear another turn. */
export function step(state: State, event: Event): Step {
  if (state.phase === 'ended') return [state, []]
  if ('turn' in event && event.turn !== state.turn) return [state, []]
  switch (event.type) {
    case 'nudged':
      return onNudge(state)
    case 'shown':
      return onShown(state, event.shown)
    case 'rang':
      return onRing(state)
    case 'peeked':
      return event.changed
        ? pull({ ...state, etag: event.etag })
        : rest({ ...state, etag: event.etag, failures: 0, trouble: null })
    case 'pulled':
      return onPulled(state, event.answer)
    case 'failed':
      return fail(state, event.trouble, event.retryAfter)
    case 'applied':
      return onApplied(state, event)
    case 'revoked':
      return end(state)
  }
}
