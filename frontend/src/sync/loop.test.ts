import { afterEach, describe, expect, it, vi } from 'vitest'
import { Refusal, Unreachable } from '../api/api'
import type { WireRow } from '../local/kinds'
import { type Pending, readPending, write } from '../local/outbox'
import { readMark, readRows } from '../local/rows'
import type { Store } from '../local/store'
import { chance } from '../local/testing/chance'
import type { State } from './core'
import { Loop } from './loop'
import type { Pulled } from './receive'
import { type Remote, troubleOf } from './remote'
import { blankStore } from './testing/papers'
import { ModelServer } from './testing/server'

/** The model server behind a network that sometimes fails; rows take a kind the store knows. */
class Wire implements Remote {
  fails: () => boolean = () => false
  answer: (pulled: Pulled) => Pulled = (pulled) => pulled

  constructor(
    readonly server: ModelServer,
    private readonly limit: () => number,
  ) {}

  async pull(_authority: string, cursor: string | null, holding: string[]): Promise<Pulled> {
    if (this.fails()) throw new Unreachable('network')
    const pulled = this.server.pull(cursor, this.limit(), holding)
    const rows = pulled.rows.map((row): WireRow => {
      const value = { id: row.id, word: row.value }
      return { ...row, kind: 'member', ...(!row.deleted && { value }) }
    })
    return this.answer({ ...pulled, rows })
  }

  async peek(_authority: string, etag: string | null) {
    if (this.fails()) throw new Unreachable('network')
    const now = `${this.server.epoch}:${this.server.seq}`
    return { etag: now, changed: now !== etag }
  }

  async push(_authority: string, epoch: string, batch: Pending[]): Promise<string[]> {
    if (this.fails()) throw new Unreachable('network')
    const checks = { epoch: true, mid: true }
    if (this.server.push(epoch, batch, checks) === 'stale') throw new Refusal('epoch_changed', 409)
    // The answer may be lost where the request was not.
    if (this.fails()) throw new Unreachable('timeout')
    return batch.map(({ mid }) => mid)
  }

  share(): never {
    throw new Error('no share here')
  }

  bytes(): never {
    throw new Error('no file here')
  }
}

function follow(store: Store, wire: Remote) {
  const states: State[] = []
  const told = { settled: 0, changed: 0, wiped: 0, contacts: 0 }
  const loop = new Loop(store, wire, {
    onstate: (state) => states.push(state),
    onsettle: (changed) => {
      told.settled += 1
      told.changed += changed ? 1 : 0
    },
    onwipe: () => {
      told.wiped += 1
    },
    oncontact: () => {
      told.contacts += 1
    },
  })
  const rest = () =>
    vi.waitFor(() => expect(states.at(-1)?.phase).toMatch(/resting|waiting|ended/), {
      interval: 1,
    })
  return { loop, told, states, rest }
}

async function shown(store: Store) {
  const rows = (await readRows(store, 'member')) as unknown as { id: string; word: number }[]
  return Object.fromEntries(rows.map(({ id, word }) => [id, word]))
}

afterEach(() => vi.restoreAllMocks())

describe('the loop on a real store', () => {
  it("equals the server's view after deeds, failures and kills between writes", async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const [random, store, server] = [chance(seed), await blankStore(), new ModelServer()]
      server.put('authority', null)
      const wire = new Wire(server, () => 1 + Math.floor(random() * 4))
      wire.fails = () => random() < 0.2
      let running = follow(store, wire)
      await running.loop.start(true)
      for (let step = 0; step < 40; step++) {
        const id = `r${Math.floor(random() * 8)}`
        const x = random()
        if (x < 0.5) server.put(id, random() < 0.3 ? 'b' : null)
        else if (x < 0.7) server.remove(id)
        else if (x < 0.85) server.turn('b')
        else {
          // Killed: what was in flight is lost, the store stays as it is.
          running.loop.stop()
          running = follow(store, wire)
          await running.loop.start(true)
        }
        running.loop.tell({ type: 'nudged' })
        if (random() < 0.5) await running.rest()
      }
      wire.fails = () => false
      running.loop.tell({ type: 'nudged' })
      await vi.waitFor(async () => expect(await shown(store)).toEqual(server.view()))
      running.loop.stop()
    }
  }, 30_000)

  it('renews the lease where the authority is suspended, and not where nobody is known', async () => {
    for (const [refusal, contacts] of [
      [new Refusal('authority_suspended', 403), 1],
      [new Refusal('not_signed_in', 401), 0],
      [new Unreachable('network'), 0],
      [new Refusal('busy', 503), 0],
    ] as const) {
      const wire = new Wire(new ModelServer(), () => 100)
      wire.pull = () => Promise.reject(refusal)
      const { loop, told, rest } = follow(await blankStore(), wire)
      await loop.start(true)
      await rest()
      expect(told.contacts).toBe(contacts)
      loop.stop()
    }
  })

  it('says once that files must be looked after, and then only when something changed', async () => {
    const [store, server] = [await blankStore(), new ModelServer()]
    server.put('authority', null)
    const { loop, told, rest } = follow(store, new Wire(server, () => 100))
    await loop.start(true)
    await rest()
    expect(told).toMatchObject({ settled: 1, changed: 1, wiped: 0 })
    loop.tell({ type: 'nudged' })
    await rest()
    expect(told).toMatchObject({ settled: 2, changed: 1, wiped: 0 })
    server.put('r1', null)
    loop.tell({ type: 'nudged' })
    await rest()
    expect(told.changed).toBe(2)
    loop.stop()
  })

  it('keeps what is here when it cannot be written down, and says why', async () => {
    const [store, server] = [await blankStore(), new ModelServer()]
    server.put('authority', null)
    const { loop, states, rest } = follow(store, new Wire(server, () => 100))
    await loop.start(true)
    await rest()
    const before = await readMark(store)
    server.put('r1', null)
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError')
    })
    loop.tell({ type: 'nudged' })
    await rest()
    expect(states.at(-1)).toMatchObject({ phase: 'waiting', trouble: 'full' })
    expect(await readMark(store)).toEqual(before)
    loop.stop()
  })

  it('asks for the wipe of a store whose view became empty, and rests for ever', async () => {
    const [store, server] = [await blankStore(), new ModelServer()]
    server.put('authority', 'a')
    const { loop, told, states, rest } = follow(store, new Wire(server, () => 100))
    await loop.start(true)
    await rest()
    server.turn('a')
    loop.tell({ type: 'nudged' })
    await vi.waitFor(() => expect(told.wiped).toBe(1))
    expect(states.at(-1)?.phase).toBe('ended')
    loop.stop()
  })
})

describe('what was written', () => {
  const note = (n: number) => ({
    name: 'edit_note' as const,
    entity: `n${n}`,
    body: { text: `${n}` },
  })

  it('is all sent, once, through failures, kills and a restored server', async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const [random, store, server] = [chance(seed), await blankStore(), new ModelServer()]
      server.put('authority', null)
      const wire = new Wire(server, () => 1 + Math.floor(random() * 4))
      wire.fails = () => random() < 0.25
      let running = follow(store, wire)
      await running.loop.start(true)
      const written: string[] = []
      for (let step = 0; step < 40; step++) {
        const x = random()
        if (x < 0.6) {
          const changes = await write(store, [note(step % 5), note(5)])
          written.push(...changes.map(({ mid }) => mid))
        } else if (x < 0.7) server.backup()
        else if (x < 0.8) server.restore()
        else {
          running.loop.stop()
          running = follow(store, wire)
          await running.loop.start(true)
        }
        if (random() < 0.5) running.loop.tell({ type: 'nudged' })
        if (random() < 0.5) await running.rest()
      }
      wire.fails = () => false
      await vi.waitFor(async () => {
        running.loop.tell({ type: 'nudged' })
        expect(await readPending(store)).toEqual([])
        expect(await shown(store)).toEqual(server.view())
      })
      for (const mid of written) expect(server.applied.get(mid)).toBe(1)
      expect(server.orphans).toEqual([])
      running.loop.stop()
    }
  }, 30_000)

  it('leaves at once, and tells how many wait', async () => {
    const [store, server] = [await blankStore(), new ModelServer()]
    server.put('authority', null)
    const { loop, states, rest } = follow(store, new Wire(server, () => 100))
    await loop.start(true)
    await rest()
    await write(store, [note(1), note(2)])
    await vi.waitFor(() => expect(server.log.size).toBe(2))
    await vi.waitFor(async () => expect(await readPending(store)).toEqual([]))
    await rest()
    expect(states.some(({ pending, pushed }) => pending === 2 && pushed.length === 2)).toBe(true)
    expect(states.at(-1)).toMatchObject({ pending: 0, pushed: [], trouble: null })
    loop.stop()
  })

  it('goes on being written while the session has ended or the server wants another version', async () => {
    for (const refusal of [new Refusal('not_signed_in', 401), new Refusal('pull_too_old', 426)]) {
      const [store, server] = [await blankStore(), new ModelServer()]
      server.put('authority', null)
      const wire = new Wire(server, () => 100)
      const { loop, states, rest } = follow(store, wire)
      await loop.start(true)
      await rest()
      let asked = 0
      wire.answer = () => {
        asked += 1
        throw refusal
      }
      await write(store, [note(1)])
      await vi.waitFor(() => expect(states.at(-1)?.phase).toBe('waiting'))
      await write(store, [note(2)])
      await rest()
      expect(await readPending(store)).toHaveLength(2)
      expect(asked).toBeLessThanOrEqual(2)
      loop.stop()
    }
  })

  it('is sent to the last before the store of an ended membership is erased', async () => {
    const [store, server] = [await blankStore(), new ModelServer()]
    server.put('authority', null)
    const wire = new Wire(server, () => 100)
    const { loop, told, rest } = follow(store, wire)
    await loop.start(true)
    await rest()
    wire.fails = () => true
    await write(store, [note(1)])
    server.end()
    wire.fails = () => false
    loop.tell({ type: 'nudged' })
    await vi.waitFor(() => expect(told.wiped).toBe(1))
    expect(server.log.size).toBe(1)
    loop.stop()
  })
})

describe('what is made of an error', () => {
  it.each([
    [new Unreachable('captive_portal'), { trouble: 'unreachable' }],
    [new Unreachable('timeout'), { trouble: 'unreachable' }],
    [new Refusal('not_signed_in', 401), { trouble: 'not_signed_in' }],
    [new Refusal('too_many_attempts', 429, {}, 7), { trouble: 'busy', retryAfter: 7_000 }],
    [new Refusal('http_503', 503), { trouble: 'busy' }],
    [new Refusal('pull_too_old', 426), { trouble: 'too_old' }],
    [new Refusal('not_found', 404), { trouble: 'refused' }],
    [new Refusal('authority_suspended', 403), { trouble: 'suspended' }],
    [new Refusal('revoked', 403), undefined],
  ])('%s', (error, expected) => {
    expect(troubleOf(error)).toEqual(expected)
  })

  it('lets a fault of ours be seen', () => {
    expect(() => troubleOf(new TypeError('undefined is not a function'))).toThrow(TypeError)
  })
})
