import type { Mark } from '../../local/schema'
import { NO_MARK } from '../../local/schema'
import { type Effect, type Event, type Pulled, receive, type State, start, step } from '../core'
import { chance } from './chance'
import { ModelServer, type View } from './server'

/** The rules under test; a defect replaces one of them. */
export interface Rules {
  receive: typeof receive
  step: typeof step
  /** What a kill between two durable writes leaves: `all` when they are one transaction. */
  torn: 'all' | 'cursor_first'
  keepsTombstones: boolean
}

export const SOUND: Rules = { receive, step, torn: 'all', keepsTombstones: false }

export class Violation extends Error {}

interface Disk {
  rows: Map<string, { value: number; scan: number }>
  mark: Mark
}

interface Message {
  tab: Tab
  life: number
  event: Event
  /** What the server's snapshot showed, for the checker alone. */
  view?: View
}

class Tab {
  state: State = start(NO_MARK)
  life = 0
  ring: { turn: number } | null = null
}

/** One tablet of two tabs sharing a disk, one server, and a network that does its worst. */
export class History {
  readonly server = new ModelServer()
  readonly chance: () => number
  disk: Disk = { rows: new Map(), mark: NO_MARK }
  #tabs = [new Tab(), new Tab()]
  #net: Message[] = []
  #views = new Map<Pulled, View>()
  #saved: Disk | undefined
  #wiped = false

  constructor(
    seed: number,
    readonly rules: Rules = SOUND,
  ) {
    this.chance = chance(seed)
    this.server.put('authority', null)
    for (const tab of this.#tabs) this.#tell(tab, { type: 'nudged' })
  }

  #pick<T>(all: T[]): T {
    return all[Math.floor(this.chance() * all.length)] as T
  }

  /** One random thing happens. */
  happen(): void {
    const x = this.chance()
    if (x < 0.3) this.#deed()
    else if (x < 0.75) this.#deliver(true)
    else if (x < 0.85) this.#wake(this.#pick(this.#tabs))
    else if (x < 0.9) this.#kill(this.#pick(this.#tabs))
    else if (x < 0.93) this.#saved = structuredClone(this.disk)
    else if (x < 0.95 && this.#saved) this.#rollBack(this.#saved)
  }

  #deed(): void {
    const { server } = this
    const id = `r${Math.floor(this.chance() * 12)}`
    const x = this.chance()
    if (x < 0.5) server.put(id, this.#pick([null, 'a', 'b']))
    else if (x < 0.6) server.putMany([id, `${id}x`, `${id}y`], this.#pick([null, 'a', 'b']))
    else if (x < 0.75) server.remove(id)
    else if (x < 0.9) server.turn(this.#pick(['a', 'b']))
    else if (x < 0.94) server.purge()
    else if (x < 0.97) server.backup()
    else server.restore()
  }

  #wake(tab: Tab): void {
    const x = this.chance()
    if (x < 0.4) this.#tell(tab, { type: 'nudged' })
    else if (x < 0.7) this.#tell(tab, { type: 'shown', shown: this.chance() < 0.5 })
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
    tab.state = start(this.disk.mark)
    this.#tell(tab, { type: 'nudged' })
  }

  /** A backup of the tablet is put back: rows and mark together, both older. */
  #rollBack(saved: Disk): void {
    this.disk = structuredClone(saved)
    for (const tab of this.#tabs) this.#kill(tab)
  }

  /** With `faults`, messages are lost, doubled, late and out of order. */
  #deliver(faults: boolean): void {
    if (this.#net.length === 0) return
    const at = faults ? Math.floor(this.chance() * this.#net.length) : 0
    const message = this.#net[at] as Message
    if (!faults || this.chance() > 0.1) this.#net.splice(at, 1)
    if (message.life !== message.tab.life) return
    const lost = faults && this.chance() < 0.15 && 'turn' in message.event
    if (lost && 'turn' in message.event) {
      const { turn } = message.event
      this.#tell(message.tab, { type: 'failed', turn, trouble: 'unreachable' })
    } else this.#tell(message.tab, message.event)
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
      const answer = this.server.pull(effect.cursor, this.#pick([1, 2, 5, 100]))
      this.#views.set(answer, this.server.view())
      send({ type: 'pulled', turn: effect.turn, answer })
    }
    if (effect.do === 'apply') this.#apply(tab, effect.turn, effect.answer)
    if (effect.do === 'wipe') this.#wiped = true
  }

  #apply(tab: Tab, turn: number, answer: Pulled): void {
    const decision = this.rules.receive(this.disk.mark, answer)
    const { more } = answer
    if (decision) {
      if (this.rules.torn === 'cursor_first' && this.chance() < 0.05) {
        this.disk = { rows: this.disk.rows, mark: decision.mark }
        this.#kill(tab)
        return
      }
      const rows = new Map(this.disk.rows)
      for (const { id, deleted, value } of answer.rows) {
        if (!deleted) rows.set(id, { value: value as number, scan: decision.mark.scan })
        else if (!this.rules.keepsTombstones) rows.delete(id)
      }
      for (const [id, { scan }] of rows) {
        if (decision.sweep && scan < decision.mark.scan) rows.delete(id)
      }
      this.#check(answer, rows)
      this.disk = { rows, mark: decision.mark }
    }
    const { mark, rows } = this.disk
    const taken = decision !== null
    this.#tell(tab, { type: 'applied', turn, taken, mark, rows: rows.size, more })
  }

  #check(answer: Pulled, rows: Disk['rows']): void {
    const view = this.#views.get(answer) ?? {}
    for (const id of this.disk.rows.keys()) {
      if (id in view && !rows.has(id)) throw new Violation(`${id} may be read but left the screen`)
    }
    if (!answer.more) this.#equal(view, rows, 'after a last page')
  }

  #equal(view: View, rows: Disk['rows'], when: string): void {
    const have = Object.fromEntries([...rows].map(([id, { value }]) => [id, value]))
    for (const id of new Set([...Object.keys(view), ...Object.keys(have)])) {
      if (view[id] !== have[id]) {
        throw new Violation(`${when}: ${id} is ${have[id]} here, ${view[id]} at the server`)
      }
    }
  }

  /** The faults end: whatever happened, the tablet must come to the server's view by itself. */
  settle(): void {
    for (const tab of this.#tabs) {
      if (!tab.state.shown) this.#tell(tab, { type: 'shown', shown: true })
    }
    const settled = `${this.server.epoch}:${this.server.seq}`
    for (let n = 0; n < 2_000; n++) {
      if (this.#net.length > 0) this.#deliver(false)
      else {
        const known = this.#tabs.every(({ state }) => state.etag === settled && !state.trouble)
        if (known && this.#tabs.every(({ state }) => state.phase === 'resting')) break
        for (const tab of this.#tabs) this.#ring(tab)
      }
    }
    if (this.#wiped) throw new Violation('an active member was wiped')
    this.#equal(this.server.view(), this.disk.rows, 'at the end')
  }
}

/** Runs one history to its end; throws a `Violation`. */
export function run(seed: number, rules: Rules = SOUND, steps = 120): void {
  const history = new History(seed, rules)
  for (let n = 0; n < steps; n++) history.happen()
  history.settle()
}
