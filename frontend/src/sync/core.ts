import type { Holding } from '../local/receipts'
import type { Applied } from '../local/rows'
import type { Mark } from '../local/schema'
import type { Pulled } from './receive'

/**
 * What a tablet does and when (sync.md, sections 2 to 4) as one pure function: no timer, clock,
 * chance or network in here, so that a seeded scheduler can drive it through anything. `loop.ts` is
 * the shell, `receive.ts` the other half: what a page changes.
 */

/** Why there is no answer, in the order of how much a person can do about it. */
export type Trouble =
  /** No network, a time-out, or a captive portal's page. */
  | 'unreachable'
  /** The server answers that it cannot now: 429 or 5xx. */
  | 'busy'
  /** The session has ended: reading and writing go on here, the rest waits for a sign-in. */
  | 'not_signed_in'
  /** The server no longer speaks this version of the application (426). */
  | 'too_old'
  /** The host has closed the authority for now: what is on the tablet stays readable. */
  | 'suspended'
  /** The tablet refused to write: it is full. */
  | 'full'
  /** The tablet refused to write, for another reason. */
  | 'disk'
  /** A refusal this version does not know. */
  | 'refused'

export interface State {
  /**
   * `resting`: up to date as far as known. `asking`: a pull is out. `peeking`: a look at the head
   * is out. `applying`: a page is being written. `pushing`: a batch is being read, or is out.
   * `waiting`: after a trouble. `ended`: to be wiped.
   */
  phase: 'resting' | 'asking' | 'peeking' | 'applying' | 'pushing' | 'waiting' | 'ended'
  /** The mark as the last transaction left it. */
  mark: Mark
  /** Number of the request or timer in force: what bears another number is late, and ignored. */
  turn: number
  failures: number
  trouble: Trouble | null
  /** Somebody asked while busy: pull once more afterwards. */
  again: boolean
  /** The highest number hinted while busy: pull once more if no page brought it. */
  hint: number
  shown: boolean
  /** The server tells by itself when something happens: looks may be rare. */
  hinted: boolean
  /** ETag of the head at the last look. */
  etag: string | null
  /** The highest number that pages brought, or that was hinted before they were asked for. */
  seen: number
  /** The highest number hinted before the pull in force: what it brings goes as far. */
  asked: number
  /** Changes in the outbox, as last counted. */
  pending: number
  /** A change was written since the last batch was read: the count may be old. */
  wrote: boolean
  /** Changes the server has answered to: they wait for a pull, and are not pushed again. */
  pushed: string[]
  /** Changes that were refused alone: the others go on without them, until the next round. */
  refused: string[]
  /** At most so many in the next batch: halved when one is refused. */
  batch: number
  /** A push was refused because the server had another epoch than this one. */
  stale: string | null
}

export type Event =
  /** Somebody asked, or the network or the window came back. */
  | { type: 'nudged' }
  /** A change was written down here, or went back to the outbox: so many are in it. */
  | { type: 'wrote'; pending: number }
  /** The server said that something happened, numbered so. */
  | { type: 'hinted'; seq: number }
  /** Hints begin to come by themselves, or no longer do. */
  | { type: 'listening'; hinted: boolean }
  | { type: 'shown'; shown: boolean }
  | { type: 'rang'; turn: number }
  | { type: 'peeked'; turn: number; etag: string | null; changed: boolean }
  | { type: 'pulled'; turn: number; answer: Pulled; listed: Holding }
  /** The server answered to the changes `mids`; `more` when the batch could not take them all. */
  | { type: 'pushed'; turn: number; mids: string[]; more: boolean }
  /** Nothing was left to push. */
  | { type: 'emptied'; turn: number }
  /** The server refused a push: it has another epoch (409). */
  | { type: 'stale'; turn: number }
  /** The server refused the batch `mids`, and would again. */
  | { type: 'rejected'; turn: number; mids: string[] }
  | { type: 'failed'; turn: number; trouble: Trouble; retryAfter?: number }
  /** A page met the store: `taken` or ignored. The rest is what is there now. */
  | ({ type: 'applied'; turn: number; more: boolean } & Applied)
  /** The server says this membership is over for good (403 `revoked`). */
  | { type: 'revoked'; turn: number }

export type Effect =
  /** List what `readHolding` gives, and ask. */
  | { do: 'pull'; turn: number; cursor: string | null }
  | { do: 'peek'; turn: number; etag: string | null }
  /** Send what `nextBatch` gives, without `skip`, at most `most`. */
  | { do: 'push'; turn: number; epoch: string; skip: string[]; most: number }
  | { do: 'apply'; turn: number; answer: Pulled; listed: Holding }
  /** Ring once, after a time drawn anywhere between the two (milliseconds). */
  | { do: 'ring'; turn: number; between: [number, number] }
  /** The store equals the server's view: see to the files. */
  | { do: 'settle' }
  /** Nothing of this authority may be read any more: erase the store. */
  | { do: 'wipe' }

/** Milliseconds between two looks at the head, and when the server tells by itself. */
export const POLL = 30_000
export const SLOW_POLL = 300_000
/** The most changes a push takes. */
export const BATCH = 50
/** The most mids a pull lists. */
export const LISTED = 5000
const FIRST_RETRY = 1_000
const LAST_RETRY = 60_000

export function start(mark: Mark, pending = 0): State {
  return {
    phase: 'resting',
    mark,
    turn: 0,
    failures: 0,
    trouble: null,
    again: false,
    hint: 0,
    shown: true,
    hinted: false,
    etag: null,
    seen: 0,
    asked: 0,
    pending,
    wrote: false,
    pushed: [],
    refused: [],
    batch: BATCH,
    stale: null,
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
  // Whatever was committed and told before this request will be in its snapshot.
  const asked = Math.max(state.asked, state.hint)
  const next: State = { ...state, phase: 'asking', turn, again: false, hint: 0, asked }
  return [next, [{ do: 'pull', turn, cursor: state.mark.cursor }]]
}

function push(state: State): Step {
  const { epoch } = state.mark
  if (epoch === null) return pull(state)
  const turn = state.turn + 1
  const skip = [...state.pushed, ...state.refused]
  const next: State = { ...state, phase: 'pushing', turn, wrote: false }
  return [next, [{ do: 'push', turn, epoch, skip, most: state.batch }]]
}

/** There may be something to push, to a number line that is known. */
function mayPush({ mark, wrote, pending, pushed, refused }: State): boolean {
  return mark.epoch !== null && (wrote || pending > pushed.length + refused.length)
}

/** Nothing to do: a look at the head in a while, only while somebody may be looking. */
function rest(state: State): Step {
  const turn = state.turn + 1
  const next: State = { ...state, phase: 'resting', turn }
  const wait = state.hinted ? SLOW_POLL : POLL
  return [next, state.shown ? [{ do: 'ring', turn, between: [wait, wait * 1.1] }] : []]
}

/** Full jitter, doubling from 1 s to 60 s, for ever; never before the server wishes it. */
function wait(state: State, trouble: Trouble, retryAfter = 0): Step {
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

/** These keep what is written from coming, not from leaving. */
const INWARD = new Set<Trouble | null>(['too_old', 'full', 'disk'])

function onFailed(state: State, { trouble, retryAfter }: Event & { type: 'failed' }): Step {
  if (state.phase !== 'pushing' && INWARD.has(trouble) && mayPush(state)) {
    return push({ ...state, trouble })
  }
  return wait(state, trouble, retryAfter)
}

function isBusy({ phase }: State): boolean {
  return phase === 'asking' || phase === 'applying' || phase === 'pushing'
}

function onNudge(state: State): Step {
  return isBusy(state) ? [{ ...state, again: true }, []] : pull(state)
}

/** Tried at once, but for a server that answered: more writing must not mean more asking. */
function onWrote(state: State, pending: number): Step {
  const next: State = { ...state, pending, wrote: true }
  if (isBusy(state) || !mayPush(next)) return [next, []]
  if (state.phase !== 'waiting') return push(next)
  if (state.trouble === 'unreachable') return pull(next)
  return INWARD.has(state.trouble) ? push(next) : [next, []]
}

function onHint(state: State, seq: number): Step {
  if (seq <= state.seen || state.phase === 'waiting') return [state, []]
  const next = { ...state, hint: Math.max(state.hint, seq) }
  return isBusy(state) ? [next, []] : pull(next)
}

function onShown(state: State, shown: boolean): Step {
  const next = { ...state, shown }
  if (!shown || isBusy(state)) return [next, []]
  return state.phase === 'waiting' ? pull(next) : peek(next)
}

function onListening(state: State, hinted: boolean): Step {
  const next = { ...state, hinted }
  // What happened while nobody listened was told to nobody: one look, now.
  return hinted !== state.hinted && state.phase === 'resting' && state.shown
    ? peek(next)
    : [next, []]
}

function onRing(state: State): Step {
  if (state.phase === 'waiting') return pull(state)
  return state.shown ? peek(state) : rest(state)
}

function onPulled(state: State, { answer, listed }: Event & { type: 'pulled' }): Step {
  if (state.phase !== 'asking') return [state, []]
  // A full listing names all that waits: what it lacks has left, through another tab.
  const whole = listed.waiting.length + listed.sent.length < LISTED
  const waiting = new Set(listed.waiting)
  const still = (mids: string[]) => (whole ? mids.filter((mid) => waiting.has(mid)) : mids)
  const seen = answer.rows.reduce((most, { seq }) => Math.max(most, seq), state.seen)
  const effect: Effect = { do: 'apply', turn: state.turn, answer, listed }
  const { pushed, refused } = state
  const next: State = { ...state, phase: 'applying', seen }
  return [{ ...next, pushed: still(pushed), refused: still(refused) }, [effect]]
}

function onApplied(state: State, event: Event & { type: 'applied' }): Step {
  const { mark, pending, owed, receipt, taken, more, rows } = event
  const held = new Set(receipt?.held)
  // Another number line: what the other one answered to must be pushed again.
  const same = mark.epoch === state.mark.epoch
  const still = (mids: string[]) => (same ? mids.filter((mid) => !held.has(mid)) : [])
  const [pushed, refused] = [still(state.pushed), still(state.refused)]
  const next: State = { ...state, mark, pending, pushed, refused }
  // Ignored: another tab went further meanwhile. Go on from where it is.
  if (!taken || more) return pull(next)
  // An active member always reads at least the authority itself.
  if (rows === 0 && pending === 0 && owed === 0 && !next.wrote) return end(next)
  const [after, effects] = onward(
    { ...next, seen: Math.max(next.seen, next.asked) },
    owed,
    held.size > 0,
  )
  return [after, [{ do: 'settle' }, ...effects]]
}

/** The store is up to date: what else is there to do? `progress`: something was acknowledged. */
function onward(state: State, owed: number, progress: boolean): Step {
  const well: State = { ...state, failures: 0, trouble: null, stale: null }
  const now: State = progress ? well : { ...state, trouble: null }
  if (owed > 0) return pull(now)
  // The number line was asked for again and is the same: pushing to it would be refused for ever.
  if (now.stale !== null && now.stale === now.mark.epoch) {
    return wait({ ...now, stale: null }, 'refused')
  }
  if (mayPush(now)) return push(now)
  if (now.pushed.length > 0) {
    // More waited than one request can list; or a server forgot what it had answered to.
    return progress ? pull(now) : wait({ ...now, pushed: [] }, 'refused')
  }
  if (now.refused.length > 0) return wait({ ...now, refused: [] }, 'refused')
  return now.again || now.hint > now.seen ? pull(well) : rest(well)
}

function onPushed(state: State, { mids, more }: Event & { type: 'pushed' }): Step {
  if (mids.length === 0) return wait(state, 'refused')
  const batch = Math.min(BATCH, state.batch * 2)
  const next: State = { ...state, pushed: [...state.pushed, ...mids], batch }
  return more ? push(next) : pull(next)
}

/** One bad change must not hold back the others: it is looked for by halves, then left aside. */
function onRejected(state: State, mids: string[]): Step {
  return mids.length > 1
    ? wait({ ...state, batch: Math.ceil(mids.length / 2) }, 'refused')
    : wait({ ...state, refused: [...state.refused, ...mids] }, 'refused')
}

function onEmptied(state: State): Step {
  const { pushed, refused, trouble, again } = state
  const next: State = { ...state, pending: pushed.length + refused.length }
  return trouble || again || pushed.length > 0 ? pull(next) : rest(next)
}

/** The whole machine. Late, doubled and reordered events are harmless: they bear another turn. */
export function step(state: State, event: Event): Step {
  if (state.phase === 'ended') return [state, []]
  if ('turn' in event && event.turn !== state.turn) return [state, []]
  switch (event.type) {
    case 'nudged':
      return onNudge(state)
    case 'wrote':
      return onWrote(state, event.pending)
    case 'hinted':
      return onHint(state, event.seq)
    case 'listening':
      return onListening(state, event.hinted)
    case 'shown':
      return onShown(state, event.shown)
    case 'rang':
      return onRing(state)
    case 'peeked':
      return event.changed
        ? pull({ ...state, etag: event.etag })
        : rest({ ...state, etag: event.etag, failures: 0, trouble: null })
    case 'pulled':
      return onPulled(state, event)
    case 'pushed':
      return onPushed(state, event)
    case 'emptied':
      return onEmptied(state)
    case 'stale':
      return pull({ ...state, stale: state.mark.epoch })
    case 'rejected':
      return onRejected(state, event.mids)
    case 'failed':
      return onFailed(state, event)
    case 'applied':
      return onApplied(state, event)
    case 'revoked':
      return end(state)
  }
}
