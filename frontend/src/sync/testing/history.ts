import { chance } from '../../local/testing/chance'
import { BATCH, type Effect, type Event, LISTED, type State, start, step } from '../core'
import { type Pulled, receive } from '../receive'
import { type Change, Disk } from './memory'
import { ModelServer, type Pushed, type View } from './server'

/** The rules under test; a defect replaces one of them. */
export interface Rules {
  receive: typeof receive
  step: typeof step
  /** What a kill between two durable writes leaves: `all` when they are one transaction. */
  torn: 'all' | 'cursor_first'
  keepsTombstones: boolean
  /** When a change leaves the outbox. */
  leaves: 'held' | 'answered'
  clearsOutboxAtReset: boolean
  listsSent: boolean
  /** What the server looks at before it takes a change. */
  checks: { epoch: boolean; mid: boolean }
  heldEarly: boolean
}

export const SOUND: Rules = {
  receive,
  step,
  torn: 'all',
  keepsTombstones: false,
  leaves: 'held',
  clearsOutboxAtReset: false,
  listsSent: true,
  checks: { epoch: true, mid: true },
  heldEarly: false,
}

export class Violation extends Error {}

interface Request {
  tab: Tab
  life: number
  turn: number
  epoch: string
  batch: Change[]
  more: boolean
}

type Message = { tab: Tab; life: number } & ({ event: Event } | { request: Request })

class Tab {
  state: State
  life = 0
  ring: { turn: number } | null = null

  constructor(disk: Disk) {
    this.state = start(disk.mark, disk.outbox.size)
  }
}

const HOUR = 3_600_000

function unreachable(turn: number): Event {
  return { type: 'failed', turn, trouble: 'unreachable' }
}

/** One tablet of two tabs sharing a disk, one server, and a network that does its worst. */
export class History {
  readonly server = new ModelServer()
  readonly chance: () => number
  disk = new Disk()
  #tabs = [new Tab(this.disk), new Tab(this.disk)]
  #net: Message[] = []
  #views = new Map<Pulled, View>()
  #saved: Disk | undefined
  #wiped = false
  /** Every change ever written, but those that no rule can save: see `#forget`. */
  #owed = new Set<string>()
  #bad = new Set<string>()
  #written = 0

  constructor(
    seed: number,
    readonly rules: Rules = SOUND,
  ) {
    this.chance = chance(seed)
    this.server.heldEarly = rules.heldEarly
    this.server.put('authority', null)
    for (const tab of this.#tabs) this.#tell(tab, { type: 'nudged' })
  }

  #pick<T>(all: T[]): T {
    return all[Math.floor(this.chance() * all.length)] as T
  }

  /** One random thing happens. */
  happen(): void {
    this.server.time += this.#pick([1, 1, 2, 24, 96]) * HOUR
    const x = this.chance()
    if (x < 0.2) this.#deed()
    else if (x < 0.35) this.#write()
    else if (x < 0.75) this.#deliver(true)
    else if (x < 0.85) this.#wake(this.#pick(this.#tabs))
    else if (x < 0.9) this.#kill(this.#pick(this.#tabs))
    else if (x < 0.93) this.#saved = this.disk.copy()
    else if (x < 0.95 && this.#saved) this.#rollBack(this.#saved)
  }

  #deed(): void {
    const { server } = this
    const id = `r${Math.floor(this.chance() * 12)}`
    const x = this.chance()
    if (x < 0.4) server.put(id, this.#pick([null, 'a', 'b']))
    else if (x < 0.5) server.putMany([id, `${id}x`, `${id}y`], this.#pick([null, 'a', 'b']))
    else if (x < 0.65) server.remove(id)
    else if (x < 0.8) server.turn(this.#pick(['a', 'b']))
    else if (x < 0.84) server.purge()
    else if (x < 0.92) server.backup()
    else if (x < 0.99) {
      if (server.restore()) this.#forget()
    } else if (!server.hasEnded) server.end()
  }

  /** A change is written down; both tabs learn of it, as through the channel between them. */
  #write(): void {
    if (this.#wiped) return
    const mid = `m${++this.#written}`
    const bad = this.chance() < 0.03
    this.disk.write(mid, `n${Math.floor(this.chance() * 6)}`, bad)
    if (bad) this.#bad.add(mid)
    else this.#owed.add(mid)
    const pending = this.disk.outbox.size
    for (const tab of this.#tabs) this.#tell(tab, { type: 'wrote', pending })
  }

  /** Lost for certain: on no disk, and the server does not have it, or has it no longer. */
  #forget(): void {
    for (const mid of this.#owed) {
      if (!this.disk.has(mid) && !this.server.log.has(mid)) this.#owed.delete(mid)
    }
  }

  #wake(tab: Tab): void {
    const x = this.chance()
    if (x < 0.3) this.#tell(tab, { type: 'nudged' })
    else if (x < 0.5) this.#tell(tab, { type: 'shown', shown: this.chance() < 0.5 })
    else if (x < 0.6) this.#tell(tab, { type: 'listening', hinted: this.chance() < 0.5 })
    else if (x < 0.75) this.#tell(tab, { type: 'hinted', seq: this.server.seq })
    else this.#ring(tab)
  }

  #ring(tab: Tab): void {
    const { ring } = tab
    tab.ring = null
    if (ring) this.#tell(tab, { type: 'rang', turn: ring.turn })
  }

  #kill(tab: Tab): void {
    tab.life += 1
    tab.ring = null
    tab.state = start(this.disk.mark, this.disk.outbox.size)
    this.#tell(tab, { type: 'nudged' })
  }

  /** A backup of the tablet is put back: everything on it is older, all at once. */
  #rollBack(saved: Disk): void {
    if (this.#wiped) return
    const before = this.disk
    this.disk = saved.copy()
    // What only the lost memory held is lost: by no rule of ours.
    for (const mid of [...before.outbox.keys(), ...before.sent.keys()]) {
      if (!this.server.log.has(mid) && !this.disk.has(mid)) this.#owed.delete(mid)
    }
    for (const tab of this.#tabs) this.#kill(tab)
  }

  /** With `faults`, messages are lost, doubled, late and out of order. */
  #deliver(faults: boolean): void {
    if (this.#net.length === 0) return
    const at = faults ? Math.floor(this.chance() * this.#net.length) : 0
    const message = this.#net[at] as Message
    if (!faults || this.chance() > 0.1) this.#net.splice(at, 1)
    const lost = faults && this.chance() < 0.15
    if ('request' in message) this.#serve(message.request, lost)
    else if (message.life === message.tab.life) {
      const { tab, event } = message
      const failed = lost && 'turn' in event && unreachable(event.turn)
      this.#tell(tab, failed || event)
    }
  }

  /** A push reaches the server, perhaps long after its tab was killed, perhaps twice. */
  #serve(request: Request, lost: boolean): void {
    const { tab, life } = request
    const event = lost ? unreachable(request.turn) : this.#answer(request)
    this.#net.push({ tab, life, event })
  }

  #answer({ turn, epoch, batch, more }: Request): Event {
    const pushed: Pushed = this.server.push(epoch, batch, this.rules.checks)
    if (pushed === 'stale') return { type: 'stale', turn }
    const mids = batch.map(({ mid }) => mid)
    if (pushed === 'rejected') return { type: 'rejected', turn, mids }
    if (this.rules.leaves === 'answered') for (const mid of mids) this.disk.outbox.delete(mid)
    return { type: 'pushed', turn, mids, more }
  }

  #tell(tab: Tab, event: Event): void {
    const [state, effects] = this.rules.step(tab.state, event)
    tab.state = state
    for (const effect of effects) this.#carryOut(tab, effect)
  }

  #carryOut(tab: Tab, effect: Effect): void {
    const send = (event: Event) => this.#net.push({ tab, life: tab.life, event })
    if (effect.do === 'ring') tab.ring = { turn: effect.turn }
    if (effect.do === 'peek') {
      const etag = `${this.server.epoch}:${this.server.seq}`
      send({ type: 'peeked', turn: effect.turn, etag, changed: etag !== effect.etag })
    }
    if (effect.do === 'pull') {
      const all = this.disk.holding(LISTED)
      const listed = this.rules.listsSent ? all : { ...all, sent: [] }
      const holding = [...listed.sent, ...listed.waiting]
      const answer = this.server.pull(effect.cursor, this.#pick([1, 2, 5, 100]), holding)
      this.#views.set(answer, this.server.view())
      send({ type: 'pulled', turn: effect.turn, answer, listed })
    }
    if (effect.do === 'push') this.#push(tab, effect)
    if (effect.do === 'apply') this.#apply(tab, effect)
    if (effect.do === 'wipe') this.#wipe()
  }

  #push(tab: Tab, { turn, epoch, skip, most }: Effect & { do: 'push' }): void {
    const left = this.disk.waiting().filter(({ mid }) => !skip.includes(mid))
    const batch = left.slice(0, Math.min(most, BATCH, this.#pick([1, 2, 5])))
    const { life } = tab
    if (batch.length === 0) this.#net.push({ tab, life, event: { type: 'emptied', turn } })
    else {
      const more = batch.length < left.length
      this.#net.push({ tab, life, request: { tab, life, turn, epoch, batch, more } })
    }
  }

  #wipe(): void {
    if (!this.server.hasEnded) throw new Violation('an active member was wiped')
    for (const { mid } of this.disk.waiting()) {
      if (this.#owed.has(mid)) throw new Violation(`${mid} was wiped before it was sent`)
    }
    this.#wiped = true
  }

  #apply(tab: Tab, { turn, answer, listed }: Effect & { do: 'apply' }): void {
    const decision = this.rules.receive(this.disk.mark, answer, listed)
    if (decision && this.rules.torn === 'cursor_first' && this.chance() < 0.05) {
      this.disk.mark = decision.mark
      this.#kill(tab)
      return
    }
    const before = { rows: [...this.disk.rows.keys()], outbox: [...this.disk.outbox.keys()] }
    const applied = this.disk.apply(answer.rows, decision, this.rules.keepsTombstones)
    if (decision && answer.reset && this.rules.clearsOutboxAtReset) this.disk.outbox.clear()
    if (decision) this.#check(answer, before)
    this.#tell(tab, { type: 'applied', turn, ...applied, more: answer.more })
  }

  #check(answer: Pulled, before: { rows: string[]; outbox: string[] }): void {
    const view = this.#views.get(answer) ?? {}
    const { rows, outbox } = this.disk
    for (const id of before.rows) {
      if (id in view && !rows.has(id)) throw new Violation(`${id} may be read but left the screen`)
    }
    for (const mid of before.outbox) {
      const landed = outbox.has(mid) ? undefined : this.server.log.get(mid)
      if (!landed || !(landed.entity in view)) continue
      if ((rows.get(landed.entity)?.value ?? 0) < landed.seq) {
        throw new Violation(`${mid} was acknowledged and left the screen`)
      }
    }
    if (!answer.more) this.#equal(view, 'after a last page')
  }

  #equal(view: View, when: string): void {
    const have = Object.fromEntries([...this.disk.rows].map(([id, { value }]) => [id, value]))
    for (const id of new Set([...Object.keys(view), ...Object.keys(have)])) {
      if (view[id] !== have[id]) {
        throw new Violation(`${when}: ${id} is ${have[id]} here, ${view[id]} at the server`)
      }
    }
  }

  /** The faults end: whatever happened, all is sent and the tablet comes to the server's view. */
  settle(): void {
    for (const tab of this.#tabs) {
      if (!tab.state.shown) this.#tell(tab, { type: 'shown', shown: true })
    }
    for (let n = 0; n < 3_000 && !this.#isQuiet(); n++) {
      if (this.#net.length > 0) this.#deliver(false)
      else for (const tab of this.#tabs) this.#ring(tab)
    }
    for (const mid of this.#owed) {
      if (!this.server.log.has(mid)) throw new Violation(`${mid} is lost`)
    }
    for (const [mid, times] of this.server.applied) {
      if (times > 1) throw new Violation(`${mid} was applied ${times} times`)
    }
    for (const { mid, base } of this.server.orphans) {
      if (this.#owed.has(String(base))) throw new Violation(`${mid} came before ${base}`)
    }
    if (this.#wiped) return
    const stuck = this.disk.waiting().find(({ mid }) => !this.#bad.has(mid))
    if (stuck) throw new Violation(`${stuck.mid} never leaves the outbox`)
    this.#equal(this.server.view(), 'at the end')
  }

  #isQuiet(): boolean {
    const settled = `${this.server.epoch}:${this.server.seq}`
    const waiting = this.disk.waiting().some(({ mid }) => !this.#bad.has(mid))
    return (
      this.#net.length === 0 &&
      !waiting &&
      this.#tabs.every(({ state: { phase, etag, trouble } }) => {
        if (phase === 'ended') return true
        // With a change that the server will never take, a tablet keeps trying, slowly.
        if (this.disk.outbox.size > 0) return phase === 'waiting' && trouble === 'refused'
        return phase === 'resting' && etag === settled && !trouble
      })
    )
  }
}

/** Runs one history to its end; throws a `Violation`. */
export function run(seed: number, rules: Rules = SOUND, steps = 120): void {
  const history = new History(seed, rules)
  for (let n = 0; n < steps; n++) history.happen()
  history.settle()
}
