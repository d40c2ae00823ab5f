import './stage'
import { createInterface } from 'node:readline'
import { makeKey, wipeAuthority } from '../../../local/device'
import { type Draft, write } from '../../../local/outbox'
import { openAuthorityDb } from '../../../local/schema'
import type { Store } from '../../../local/store'
import type { Event } from '../../core'
import { Loop } from '../../loop'
import { type Remote, remote } from '../../remote'
import { type Copy, copyOf, erase, forgetLooks, glance, lay } from './disk'
import { forgetTimers, quiet, ringTimers, setChance, setClock, setWorker } from './stage'

/**
 * Tablets for the model test: the real loop, core and local store, told what happens and answered
 * by another program, one JSON line each. Nothing here decides anything.
 */

/** A request of a tab, as it would leave the tablet. */
interface Asked {
  id: number
  tab: string
  kind: string
  etag: string | null
  body: unknown
}

/** What comes back, or nothing when it was lost. */
interface Reply {
  status: number
  body?: unknown
  etag?: string
}

interface Tab {
  name: string
  device: string
  store: Store
  loop: Loop
  /** Durable writes after which the tab is killed; undefined while nobody means to. */
  left: number | undefined
  dead: boolean
}

/** What one line may ask; `now` is the tablet's own clock. */
interface Line {
  do: string
  now: number
  device: string
  tab: string
  dies?: number
  seed?: number
  authority?: string
  copy?: string
  event?: Event
  drafts?: Draft[]
  id?: number
  reply?: Reply
}

const tabs = new Map<string, Tab>()
const copies = new Map<string, Copy>()
const answers = new Map<number, (reply: Reply | undefined) => void>()
/** Whose request is leaving just now. */
let caller: Tab | undefined
let authority = ''
let asked: Asked[] = []
let wipes: string[] = []
let errors: string[] = []
let numbers = 0

class Killed extends DOMException {
  constructor() {
    super('killed', 'InvalidStateError')
  }
}

/** The tab's own connection, which stops at the durable write where the tab is killed. */
function mortal(store: Store, tab: () => Tab): Store {
  const db = new Proxy(store.db, {
    get(target, name) {
      if (name !== 'transaction') return Reflect.get(target, name)
      return (stores: never, mode: never, options: never) => {
        const mine = tab()
        if (mine.left === 0 && mode === 'readwrite') kill(mine)
        if (mine.dead) throw new Killed()
        const begun = target.transaction(stores, mode, options)
        if (mode === 'readwrite' && mine.left !== undefined) {
          mine.left -= 1
          begun.addEventListener('complete', () => {
            if (mine.left === 0) kill(mine)
          })
        }
        return begun
      }
    },
  })
  return { ...store, db }
}

function kill(tab: Tab): void {
  tab.dead = true
  tab.loop?.stop()
  forgetTimers(tab.name)
  tabs.delete(tab.name)
}

/** The real remote, which says whose request is leaving. */
function remoteOf(tab: () => Tab): Remote {
  const said =
    <G extends unknown[], A>(ask: (...given: G) => Promise<A>) =>
    (...given: G) => {
      caller = tab()
      return ask(...given)
    }
  return { ...remote, pull: said(remote.pull), push: said(remote.push), peek: said(remote.peek) }
}

/** The network: a request becomes a line; its answer comes when the model wishes, or never. */
globalThis.fetch = (url, init = {}) => {
  numbers += 1
  const id = numbers
  const headers = new Headers(init.headers)
  if (caller && !caller.dead) {
    const kind = String(url).split('/').at(-1) ?? ''
    const body = init.body ? JSON.parse(String(init.body)) : null
    asked.push({ id, tab: caller.name, kind, etag: headers.get('If-None-Match'), body })
  }
  return new Promise((resolve, reject) => {
    answers.set(id, (reply) => {
      if (!reply) return reject(new TypeError('Failed to fetch'))
      const { status, body, etag } = reply
      const told = new Headers({ 'Content-Type': 'application/json' })
      if (etag) told.set('ETag', etag)
      const text = body == null ? null : JSON.stringify(body)
      resolve(new Response(text, { status, headers: told }))
    })
  })
}

async function open({ tab: name, device }: Line): Promise<void> {
  const key = await makeKey(device, authority)
  const db = await openAuthorityDb(device, authority, () => {})
  const me = () => tab
  const store = mortal({ account: device, authority, key, db }, me)
  const tab = { name, device, store, left: undefined, dead: false } as unknown as Tab
  tab.loop = new Loop(store, remoteOf(me), {
    onstate: () => {},
    onsettle: () => {},
    onwipe: () => void wipe(tab),
  })
  tabs.set(name, tab)
  await tab.loop.start(true)
}

async function wipe(tab: Tab): Promise<void> {
  if (tab.dead) return
  wipes.push(tab.device)
  for (const one of [...tabs.values()]) if (one.device === tab.device) kill(one)
  await wipeAuthority(tab.device, authority)
}

async function put({ tab: name, drafts = [] }: Line): Promise<unknown> {
  const tab = tabs.get(name)
  return tab ? write(tab.store, drafts) : []
}

function answer({ id = 0, reply }: Line): void {
  const arrives = answers.get(id)
  answers.delete(id)
  arrives?.(reply)
}

async function reset({ seed = 1, authority: named = '' }: Line): Promise<void> {
  for (const tab of [...tabs.values()]) kill(tab)
  forgetTimers()
  answers.clear()
  copies.clear()
  forgetLooks()
  for (const { name } of await indexedDB.databases()) if (name) await erase(name)
  authority = named
  numbers = 0
  setChance(seed)
}

const deeds: Record<string, (line: Line) => unknown> = {
  reset,
  open,
  write: put,
  answer,
  tell: ({ tab, event }) => event && tabs.get(tab)?.loop.tell(event),
  ring: ({ tab }) => ringTimers(tab),
  kill: ({ tab }) => {
    const mine = tabs.get(tab)
    if (mine) kill(mine)
  },
  save: async ({ device, copy = '' }) => copies.set(copy, await copyOf(device, authority)),
  lay: ({ device, copy = '' }) => lay(device, authority, copies.get(copy)),
}

/** Does what a line says until nothing moves any more; tells what came of it. */
async function carryOut(line: Line): Promise<unknown> {
  const tab = tabs.get(line.tab)
  setClock(line.now)
  setWorker(line.tab)
  ;[asked, wipes, errors] = [[], [], []]
  if (tab && line.dies !== undefined) tab.left = line.dies
  const result = await new Promise((done) => done(deeds[line.do]?.(line))).catch(told)
  await quiet().catch(told)
  if (tab && line.dies !== undefined && !tab.dead) kill(tab)
  const disk = line.device ? await glance(line.device, authority) : null
  const alive = [...tabs.keys()]
  return { result: result ?? null, asked, wipes, errors, alive, disk }
}

function told(error: unknown): void {
  if (!(error instanceof Killed)) errors.push(String((error as Error)?.stack ?? error))
}

process.on('unhandledRejection', told)
process.on('uncaughtException', told)

const lines = createInterface({ input: process.stdin })
let queue = Promise.resolve()
lines.on('line', (text) => {
  queue = queue.then(async () => {
    process.stdout.write(`${JSON.stringify(await carryOut(JSON.parse(text) as Line))}\n`)
  })
})
