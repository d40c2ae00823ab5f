import { describe, expect, it } from 'vitest'
import {
  type Deposit,
  due,
  percent,
  type Queue,
  type QueueEvent,
  remaining,
  step,
  wakeAt,
} from './queue'

function deposit(id: string, size = 1_000): Deposit {
  const fileName = `${id}.pdf`
  return { id, fileName, size, itemId: null, kind: 'report', title: id, replaces: null, reason: '' }
}

function queueAfter(...events: QueueEvent[]): Queue {
  return events.reduce(step, [] as Queue)
}

const added = (...ids: string[]): QueueEvent => ({
  type: 'added',
  deposits: ids.map((id) => deposit(id)),
})
const ids = (queue: readonly { id: string }[]) => queue.map((upload) => upload.id)
const only = (queue: Queue) => {
  const [upload] = queue
  if (!upload || queue.length !== 1) throw new Error(`one upload expected, ${queue.length} found`)
  return upload
}

describe('the upload queue', () => {
  it('starts two at a time, in the order of the drop', () => {
    let queue = queueAfter(added('a', 'b', 'c'))
    expect(ids(due(queue, 0))).toEqual(['a', 'b'])
    queue = step(step(queue, { type: 'started', id: 'a' }), { type: 'started', id: 'b' })
    expect(due(queue, 0)).toEqual([])
    queue = step(queue, { type: 'stored', id: 'a' })
    expect(ids(due(queue, 0))).toEqual(['c'])
  })

  it('adds the same file once', () => {
    expect(ids(queueAfter(added('a'), added('a', 'b')))).toEqual(['a', 'b'])
  })

  it('follows the progress and never goes over the size', () => {
    const queue = queueAfter(
      added('a'),
      { type: 'started', id: 'a' },
      { type: 'progressed', id: 'a', sent: 620 },
    )
    expect(percent(only(queue))).toBe(62)
    expect(only(step(queue, { type: 'progressed', id: 'a', sent: 5_000 })).sent).toBe(1_000)
  })

  it('keeps a cut file and sends it again by itself, later and later, under the same id', () => {
    const cutAt = (queue: Queue, now: number) =>
      step(step(queue, { type: 'started', id: 'a' }), { type: 'cut', id: 'a', now })
    let queue = cutAt(queueAfter(added('a')), 10_000)
    expect(only(queue).state).toBe('lost')
    expect(due(queue, 11_999)).toEqual([])
    expect(wakeAt(queue)).toBe(12_000)
    expect(ids(due(queue, 12_000))).toEqual(['a'])
    queue = cutAt(queue, 12_000)
    expect(wakeAt(queue)).toBe(16_000)
    for (let cuts = 0; cuts < 12; cuts += 1) queue = cutAt(queue, 20_000)
    expect(wakeAt(queue)).toBe(50_000)
  })

  it('goes on at once when the network is back', () => {
    const queue = queueAfter(
      added('a'),
      { type: 'started', id: 'a' },
      { type: 'cut', id: 'a', now: 0 },
      { type: 'reconnected' },
    )
    expect(ids(due(queue, 0))).toEqual(['a'])
  })

  it('leaves a refused file to the clerk, who tries again or insists', () => {
    const refusal = { code: 'duplicate_document', details: { title: 'Rapport' } }
    const queue = queueAfter(
      added('a'),
      { type: 'started', id: 'a' },
      { type: 'refused', id: 'a', refusal },
    )
    expect(only(queue).refusal).toEqual(refusal)
    expect(due(queue, 1e12)).toEqual([])
    expect(due(step(queue, { type: 'reconnected' }), 1e12)).toEqual([])
    const again = only(step(queue, { type: 'retried', id: 'a' }))
    expect([again.state, again.refusal, again.allowsDuplicate]).toEqual(['waiting', null, false])
    expect(only(step(queue, { type: 'insisted', id: 'a' })).allowsDuplicate).toBe(true)
  })

  it('forgets a cancelled file, whatever its last request still says', () => {
    const queue = queueAfter(
      added('a', 'b'),
      { type: 'started', id: 'a' },
      { type: 'cancelled', id: 'a' },
      { type: 'progressed', id: 'a', sent: 10 },
      { type: 'cut', id: 'a', now: 0 },
    )
    expect(ids(queue)).toEqual(['b'])
  })

  it('changes place and name before the file leaves, not on its way', () => {
    const change = { itemId: 'three', title: 'Rapport' }
    const waiting = queueAfter(added('a'), { type: 'changed', id: 'a', change })
    expect(only(waiting)).toMatchObject(change)
    const sending = queueAfter(
      added('a'),
      { type: 'started', id: 'a' },
      { type: 'changed', id: 'a', change },
    )
    expect(only(sending).itemId).toBeNull()
  })

  it('counts what is on its way apart from what waits for the clerk', () => {
    const queue = queueAfter(
      added('a', 'b', 'c'),
      { type: 'started', id: 'a' },
      { type: 'progressed', id: 'a', sent: 400 },
      { type: 'started', id: 'b' },
      { type: 'refused', id: 'b', refusal: { code: 'not_a_pdf', details: {} } },
    )
    expect(remaining(queue)).toEqual({
      count: 2,
      bytes: 2_000,
      sent: 400,
      refused: 1,
      isCut: false,
    })
  })
})
