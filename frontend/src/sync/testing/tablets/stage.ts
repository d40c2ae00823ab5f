import 'fake-indexeddb/auto'
import { createHash } from 'node:crypto'

/**
 * What a tablet's browser is to the model: a clock, chance, timers and a database that the
 * scheduler holds in its hand. Imported before anything else.
 */

/** The clock of the tablet at work (milliseconds), and the tab that is working. */
let now = 0
let worker = ''
let chance = 1
const waiting = new Set<string>()
let begun = 0
const timers = new Map<object, { owner: string; ring: () => void }>()

export function setWorker(tab: string): void {
  worker = tab
}

export function setClock(milliseconds: number): void {
  now = milliseconds
}

export function setChance(seed: number): void {
  chance = seed >>> 0 || 1
}

function draw(): number {
  chance ^= chance << 13
  chance ^= chance >>> 17
  chance ^= chance << 5
  chance >>>= 0
  return chance / 4294967296
}

class Clock extends Date {
  constructor(...given: ConstructorParameters<typeof Date> | []) {
    super(...((given.length > 0 ? given : [now]) as [number]))
  }

  static override now(): number {
    return now
  }
}

const key = (id: number) => ({ type: 'secret', id })
let keys = 0

/** Sealing is not what is under test: boxes are open, and still belong to one key and one place. */
const subtle = {
  async generateKey() {
    keys += 1
    return key(keys)
  },
  async importKey() {
    return this.generateKey()
  },
  async encrypt(how: AesGcmParams, { id }: { id: number }, data: Uint8Array) {
    const label = new TextEncoder().encode(`${id}:`)
    const place = new Uint8Array(how.additionalData as ArrayBuffer)
    const box = new Uint8Array(label.length + place.length + data.length)
    box.set(label)
    box.set(place, label.length)
    box.set(data, label.length + place.length)
    return box.buffer
  },
  async decrypt(how: AesGcmParams, { id }: { id: number }, box: ArrayBuffer) {
    const place = new TextDecoder().decode(how.additionalData as ArrayBuffer)
    const label = new TextEncoder().encode(`${id}:${place}`)
    const found = new Uint8Array(box, 0, label.length)
    if (Buffer.compare(label, found) !== 0) throw new DOMException('wrong key', 'OperationError')
    return box.slice(label.length)
  },
  async digest(how: string, data: Uint8Array) {
    const hash = createHash(how.replace('-', '').toLowerCase()).update(data).digest()
    return hash.buffer.slice(hash.byteOffset, hash.byteOffset + hash.length)
  },
}

function getRandomValues(bytes: Uint8Array): Uint8Array {
  for (let n = 0; n < bytes.length; n++) bytes[n] = draw() * 256
  return bytes
}

function setTimer(ring: () => void): object {
  const timer = {}
  timers.set(timer, { owner: worker, ring })
  return timer
}

/** Rings what a tab has set, oldest first, however long it was meant to wait. */
export function ringTimers(tab: string): void {
  for (const [timer, { owner, ring }] of [...timers]) {
    if (owner !== tab) continue
    timers.delete(timer)
    ring()
  }
}

export function forgetTimers(tab?: string): void {
  for (const [timer, { owner }] of [...timers]) {
    if (tab === undefined || owner === tab) timers.delete(timer)
  }
}

/** Knows what the database has begun and not ended. */
function watch(): void {
  const count = (what: string, target: EventTarget, ends: string[]) => {
    begun += 1
    const name = `${what} ${begun}`
    waiting.add(name)
    for (const end of ends) target.addEventListener(end, () => waiting.delete(name))
  }
  const transaction = IDBDatabase.prototype.transaction
  IDBDatabase.prototype.transaction = function (...asked) {
    const tx = transaction.apply(this, asked)
    count(`${this.name} ${asked[1] ?? ''}`, tx, ['complete', 'abort'])
    return tx
  }
  for (const name of ['open', 'deleteDatabase'] as const) {
    const real = IDBFactory.prototype[name] as (...asked: unknown[]) => IDBOpenDBRequest
    IDBFactory.prototype[name] = function (this: IDBFactory, ...asked: unknown[]) {
      const request = real.apply(this, asked)
      count(`${name} ${asked[0]}`, request, ['success', 'error'])
      return request
    }
  }
}

const nextTask = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Until nothing is going on any more: everything that could be written is written. */
export async function quiet(): Promise<void> {
  let calm = 0
  for (let tasks = 0; calm < 2; tasks++) {
    await nextTask()
    calm = waiting.size > 0 ? 0 : calm + 1
    if (tasks > 50_000) throw new Error(`never quiet: ${[...waiting].join(', ')}`)
  }
}

const real = globalThis as unknown as Record<string, unknown>
real.Date = Clock
real.BroadcastChannel = undefined
real.setTimeout = setTimer
real.clearTimeout = (timer: object) => timers.delete(timer)
Math.random = draw
Object.defineProperty(globalThis, 'crypto', { value: { subtle, getRandomValues } })
watch()
