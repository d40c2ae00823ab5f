import { untrack } from 'svelte'
import { speakFor } from '../api/api'
import { type Credentials, heldAuthorities, recall, remember, wipeAccount } from '../local/device'
import { forgetOpened } from '../local/opened'
import { countPending } from '../local/outbox'
import { openKept } from '../local/store'
import { Engine, type Followed } from './engine'
import { watchLocks } from './locks'
import { type Shared, STILL, share, shareStanding, sync } from './shared.svelte'
import { keepAwake, keepForGood } from './stay'
import { sayWiped } from './wiped'

/** What tabs say to one another: the one that works tells how it stands, the others ask. */
type Message =
  | { say: 'stands'; shared: Partial<Shared> }
  | { say: 'hello'; tab: string; shown: boolean }
  | { say: 'follow'; followed: Followed[] }
  | { say: 'nudge' }
  | { say: 'refresh' }
  | { say: 'pause'; paused: boolean }
  | { say: 'over' }

interface Following {
  account: string
  channel: BroadcastChannel
  engine: Engine | null
  /** Visible tabs, this one among them. */
  shown: Set<string>
  stop: AbortController
  /** Leases were looked at: nothing that is over may be shown, even for a moment. */
  watched: Promise<void>
}

const overListeners = new Set<() => void>()

/** Calls `listener` when a membership, or the sign-in itself, seems to be over: to ask who is there. */
export function onOver(listener: () => void): void {
  overListeners.add(listener)
}

function over(): void {
  for (const listener of overListeners) listener()
}

/** Note of the tablet: the account that leaves once all is sent. */
const PARTING = 'parting'

const tab = Math.random().toString(36).slice(2)
let following: Following | null = null

/** Without these the papers could not be kept safely: an old browser, or an address without HTTPS. */
export function isSupported(): boolean {
  return (
    isSecureContext &&
    'locks' in navigator &&
    'indexedDB' in globalThis &&
    'BroadcastChannel' in globalThis
  )
}

/** Starts, or goes on, following an account. One tab does the work; it says to the others how it is. */
export async function followAccount(
  account: string,
  memberships: Followed[],
  mine?: Credentials,
): Promise<void> {
  if (!isSupported()) return share({ account, authorities: memberships })
  if (mine?.proof) await remember('device', mine, account)
  if ((await recall(PARTING)) === account && memberships.length > 0) {
    await remember(PARTING, undefined)
  }
  if (following?.account !== account) {
    stopFollowing()
    following = begin(account)
  }
  const now = following
  await now.watched
  // An authority that left the account is asked once more: its empty answer wipes it.
  const held = await heldAuthorities(account)
  const left = held.filter((id) => !memberships.some((one) => one.id === id))
  const followed = [...memberships, ...left.map((id) => ({ id, keeps: false }))]
  if (following !== now) return
  share({ account, authorities: followed })
  tell({ say: 'follow', followed })
}

export function stopFollowing(): void {
  following?.engine?.stop()
  following?.stop.abort()
  following?.channel.close()
  following = null
  forgetOpened()
  share({ account: '', authorities: [], standing: {}, progress: STILL, locks: {} })
}

/** Changes of an account that are on this tablet alone, as far as known. */
export async function countUnsent(account: string): Promise<number> {
  const held = isSupported() ? await heldAuthorities(account) : []
  const counts = await Promise.all(
    held.map(async (id) => (await countPending(await openKept(account, id))).pending),
  )
  return counts.reduce((sum, pending) => sum + pending, 0)
}

/**
 * The server signed this device out: its papers go now, but what was written here and not yet sent
 * is sent first, by whichever tab or start of the application comes to it.
 */
export async function partFrom(account: string): Promise<void> {
  forgetOpened()
  if ((await countUnsent(account)) === 0) return forgetAccount(account)
  await remember(PARTING, account)
  retry()
}

/** Goes on with what `partFrom` began, when the application opens with nobody signed in. */
export async function resumeParting(): Promise<void> {
  if (isSupported()) void sayWiped()
  const account = isSupported() ? await recall<string>(PARTING) : undefined
  if (!account || following) return
  // Somebody else may sign in from another window: nothing of theirs may come to this store.
  speakFor(account)
  await followAccount(account, [])
}

/** Its last store is gone: nothing of the account remains. */
async function endParting(account: string): Promise<void> {
  if ((await recall(PARTING)) !== account || (await heldAuthorities(account)).length > 0) return
  await remember(PARTING, undefined)
  await forgetAccount(account)
}

/** Takes everything of an account away from this tablet. */
export async function forgetAccount(account: string): Promise<void> {
  following?.channel.postMessage({ say: 'over' } satisfies Message)
  stopFollowing()
  await wipeAccount(account)
  void sayWiped()
}

/** Tries at once what waits. */
export function retry(): void {
  tell({ say: 'nudge' })
  void sayWiped()
}

/** Something was opened: its download goes first. */
export function refreshDownloads(): void {
  tell({ say: 'refresh' })
}

/** Remembered on this tablet until it is taken back. */
export async function pauseDownloads(paused: boolean): Promise<void> {
  if (following) await remember('paused', paused, following.account)
  tell({ say: 'pause', paused })
}

/** To the tab that does the work, be it this one. What it changes is no concern of the caller's. */
function tell(message: Message): void {
  if (following?.engine) untrack(() => following && hear(following, message))
  else following?.channel.postMessage(message)
}

function begin(account: string): Following {
  const channel = new BroadcastChannel(`cartable:sync:${account}`)
  const mine: Following = {
    account,
    channel,
    engine: null,
    shown: new Set(document.hidden ? [] : [tab]),
    stop: new AbortController(),
    watched: Promise.resolve(),
  }
  mine.watched = watchLocks(account, mine.stop.signal).catch(reportError)
  channel.onmessage = ({ data }: MessageEvent<Message>) => hear(mine, data)
  const { signal } = mine.stop
  const look = () => {
    see(mine, tab, !document.hidden)
    if (!mine.engine) channel.postMessage(hello())
  }
  document.addEventListener('visibilitychange', look, { signal })
  addEventListener('focus', look, { signal })
  addEventListener('online', retry, { signal })
  channel.postMessage(hello())
  const name = `cartable:sync:${account}`
  navigator.locks.request(name, { signal }, () => work(mine)).catch(ignoreAbort)
  return mine
}

function hello(): Message {
  return { say: 'hello', tab, shown: !document.hidden }
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof DOMException && error.name === 'AbortError')) reportError(error)
}

/** This tab does the work until it closes or the account leaves. */
async function work(mine: Following): Promise<void> {
  const engine = new Engine(mine.account, {
    onstanding(authority, standing) {
      shareStanding(authority, standing)
      stand(mine)
      if (standing) return
      over()
      void endParting(mine.account)
    },
    onprogress(progress) {
      share({ progress })
      keepAwake(progress.running)
      stand(mine)
    },
  })
  mine.engine = engine
  void keepForGood()
  void sayWiped()
  engine.pause((await recall<boolean>('paused', mine.account)) ?? false)
  await engine.follow(
    sync.authorities.map((one) => ({ ...one })),
    mine.shown.size > 0,
  )
  await new Promise((resolve) => mine.stop.signal.addEventListener('abort', resolve))
}

function stand(mine: Following): void {
  if (following !== mine) return
  const { standing, progress } = JSON.parse(JSON.stringify(sync)) as Shared
  mine.channel.postMessage({ say: 'stands', shared: { standing, progress } } satisfies Message)
}

function see(mine: Following, who: string, shown: boolean): void {
  if (shown) mine.shown.add(who)
  else mine.shown.delete(who)
  mine.engine?.show(mine.shown.size > 0)
}

function hear(mine: Following, message: Message): void {
  const { engine } = mine
  if (message.say === 'stands' && !engine) share(message.shared)
  if (message.say === 'hello') {
    see(mine, message.tab, message.shown)
    if (engine) stand(mine)
  }
  if (message.say === 'follow') void engine?.follow(message.followed, mine.shown.size > 0)
  if (message.say === 'nudge') engine?.nudge()
  if (message.say === 'refresh') engine?.refresh()
  if (message.say === 'pause') engine?.pause(message.paused)
  if (message.say === 'over' && following === mine) {
    stopFollowing()
    over()
  }
}
