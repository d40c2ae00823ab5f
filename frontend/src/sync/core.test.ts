import { describe, expect, it } from 'vitest'
import { NO_MARK } from '../local/schema'
import { type Event, type State, start, step } from './core'
import { type Pulled, receive } from './receive'
import { type Rules, run, SOUND, Violation } from './testing/history'

const HISTORIES = 1_500
const NOTHING = { waiting: [], sent: [] }
const BARE = { taken: true, pending: 0, owed: 0, receipt: null }

describe('a tablet in a world that does its worst', () => {
  it(`equals the server's view in ${HISTORIES} random histories`, () => {
    for (let seed = 0; seed < HISTORIES; seed++) {
      try {
        run(seed)
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
      }
    }
  }, 30_000)

  const defects: Record<string, Partial<Rules>> = {
    'takes an answer to another cursor': {
      receive: (mark, answer, listed) =>
        receive({ ...mark, cursor: answer.cursor_in }, answer, listed),
    },
    'does not renew the scan at a reset': {
      receive: (mark, answer, listed) => {
        const decision = receive(mark, answer, listed)
        return decision && { ...decision, mark: { ...decision.mark, scan: mark.scan } }
      },
    },
    'never sweeps': {
      receive: (mark, answer, listed) => {
        const decision = receive(mark, answer, listed)
        return decision && { ...decision, sweep: false }
      },
    },
    'sweeps at the first page': {
      receive: (mark, answer, listed) => {
        const decision = receive(mark, answer, listed)
        return decision && { ...decision, sweep: answer.reset || decision.sweep }
      },
    },
    'sweeps only a scan of one page': {
      receive: (mark, answer, listed) => {
        const decision = receive(mark, answer, listed)
        return decision && { ...decision, sweep: answer.reset && !answer.more }
      },
    },
    'writes the cursor before the rows': { torn: 'cursor_first' },
    'keeps what a tombstone says is gone': { keepsTombstones: true },
    'gives up after a failure': {
      step: (state, event) => {
        const [next, effects] = step(state, event)
        return [next, effects.filter((one) => one.do !== 'ring' || next.phase !== 'waiting')]
      },
    },
    'stops after the first page': {
      step: (state, event) =>
        step(state, event.type === 'applied' ? { ...event, more: false } : event),
    },
    'forgets the look it should have': {
      step: (state, event) =>
        step(state, event.type === 'peeked' ? { ...event, changed: false } : event),
    },
    'lets a change go once the server answered': { leaves: 'answered' },
    'empties the outbox at a reset': { clearsOutboxAtReset: true },
    'takes an acknowledgement before the last page': {
      heldEarly: true,
      receive: (mark, answer, listed) => {
        const decision = receive(mark, answer, listed)
        return decision && { ...decision, receipt: receive(mark, last(answer), listed)?.receipt }
      },
    },
    'gives nothing back to a restored server': {
      receive: (mark, answer, listed) => {
        const decision = receive(mark, answer, listed)
        const receipt = decision?.receipt && { ...decision.receipt, lost: [] }
        return decision && { ...decision, receipt }
      },
    },
    'does not ask a restored server what it has': { listsSent: false },
    'forgets what was sent once it is acknowledged': {
      receive: (mark, answer, listed) => {
        const decision = receive(mark, answer, listed)
        const receipt = decision?.receipt && { ...decision.receipt, keptSince: '2999' }
        return decision && { ...decision, receipt }
      },
    },
    'pushes to whatever number line there is': { checks: { epoch: false, mid: true } },
    'applies twice what comes twice': { checks: { epoch: true, mid: false } },
    'is held back by one bad change': {
      step: (state, event) =>
        event.type === 'rejected'
          ? step(state, { type: 'failed', turn: event.turn, trouble: 'refused' })
          : step(state, event),
    },
    'is wiped while changes wait': {
      step: (state, event) =>
        step(
          state,
          event.type === 'applied' && event.rows === 0 ? { ...event, pending: 0 } : event,
        ),
    },
    'takes for sent what it only tried to send': {
      step: (state, event) => {
        const [next, effects] = step(state, event)
        const out = effects.find((one) => one.do === 'push')
        return [out ? { ...next, pushed: [...next.pushed, 'm1', 'm2', 'm3'] } : next, effects]
      },
    },
  }
  for (const [name, defect] of Object.entries(defects)) {
    it(`would be seen if it ${name}`, () => {
      const rules: Rules = { ...SOUND, ...defect }
      const found = Array.from({ length: HISTORIES }, (_, seed) => seed).some((seed) => {
        try {
          run(seed, rules)
          return false
        } catch (error) {
          if (error instanceof Violation) return true
          throw error
        }
      })
      expect(found).toBe(true)
    })
  }
})

function last(answer: Pulled): Pulled {
  return { ...answer, more: false }
}

function told(state: State, ...events: Event[]): ReturnType<typeof step> {
  return events.reduce<ReturnType<typeof step>>(([now], event) => step(now, event), [state, []])
}

describe('trying again', () => {
  const failing = (retryAfter?: number): Event => ({
    type: 'failed',
    turn: -1,
    trouble: 'unreachable',
    retryAfter,
  })
  function fail(state: State, retryAfter?: number) {
    return step(state, { ...failing(retryAfter), turn: state.turn } as Event)
  }

  it('doubles from 1 s to 60 s and never gives up', () => {
    let [state] = told(start(NO_MARK), { type: 'nudged' })
    const seen: [number, number][] = []
    for (let n = 0; n < 40; n++) {
      const [waiting, effects] = fail(state)
      const ring = effects[0]
      if (ring?.do !== 'ring') throw new Error('no timer')
      seen.push(ring.between)
      ;[state] = step(waiting, { type: 'rang', turn: waiting.turn })
      expect(state.phase).toBe('asking')
    }
    expect(seen.slice(0, 3)).toEqual([
      [1_000, 2_000],
      [1_000, 4_000],
      [1_000, 8_000],
    ])
    expect(seen.at(-1)).toEqual([1_000, 60_000])
  })

  it('waits as long as the server wishes', () => {
    const [asking] = told(start(NO_MARK), { type: 'nudged' })
    const [, effects] = fail(asking, 300_000)
    expect(effects).toMatchObject([{ do: 'ring', between: [300_000, 330_000] }])
  })

  it('asks at once when somebody does, or the network returns', () => {
    const [asking] = told(start(NO_MARK), { type: 'nudged' })
    const [waiting] = fail(asking)
    const [again, effects] = step(waiting, { type: 'nudged' })
    expect(again.phase).toBe('asking')
    expect(effects).toMatchObject([{ do: 'pull' }])
  })

  it('ignores a timer that was overtaken', () => {
    const [asking] = told(start(NO_MARK), { type: 'nudged' })
    const [waiting] = fail(asking)
    const [again] = step(waiting, { type: 'nudged' })
    expect(step(again, { type: 'rang', turn: waiting.turn })).toEqual([again, []])
  })
})

describe('at rest', () => {
  const page: Pulled = {
    cursor_in: null,
    cursor: 'c1',
    epoch: 'e',
    reset: true,
    rows: [],
    more: false,
    held: [],
    now: '2026-12-01T10:00:00Z',
  }
  const mark = { cursor: 'c1', epoch: 'e', scan: 1, scanning: false, now: page.now }

  function applied(rows: number) {
    const [asking] = told(start(NO_MARK), { type: 'nudged' })
    const [applying] = step(asking, {
      type: 'pulled',
      turn: asking.turn,
      answer: page,
      listed: NOTHING,
    })
    const { turn } = applying
    return step(applying, { type: 'applied', turn, ...BARE, mark, rows, more: false })
  }

  it('looks at the head while somebody may be looking', () => {
    const [resting, effects] = applied(3)
    expect(effects).toMatchObject([{ do: 'settle' }, { do: 'ring', between: [30_000, 33_000] }])
    const [, looks] = step(resting, { type: 'rang', turn: resting.turn })
    expect(looks).toMatchObject([{ do: 'peek' }])
  })

  it('lets a hidden tablet sleep, and looks when it is shown again', () => {
    const [resting] = applied(3)
    const [hidden] = step(resting, { type: 'shown', shown: false })
    const [asleep, effects] = step(hidden, { type: 'rang', turn: hidden.turn })
    expect(effects).toEqual([])
    expect(step(asleep, { type: 'shown', shown: true })[1]).toMatchObject([{ do: 'peek' }])
  })

  it('erases the store of somebody who may read nothing any more', () => {
    const [ended, effects] = applied(0)
    expect(effects).toEqual([{ do: 'wipe' }])
    expect(step(ended, { type: 'nudged' })).toEqual([ended, []])
  })
})
