import type { Platform } from '../accounts/device'
import type { Key } from '../i18n/t'

/** Why this device cannot be told; each has its sentence. */
export type Obstacle =
  | 'home_screen'
  | 'denied'
  | 'denied_ios'
  | 'dismissed'
  | 'unsupported'
  | 'insecure'
  | 'not_ready'
  | 'no_answer'
  | 'refused'

export const SENTENCES: Record<Obstacle, Key> = {
  home_screen: 'notifications.cannot.home_screen',
  denied: 'notifications.cannot.denied',
  denied_ios: 'notifications.cannot.denied_ios',
  dismissed: 'notifications.cannot.dismissed',
  unsupported: 'notifications.cannot.unsupported',
  insecure: 'notifications.cannot.insecure',
  not_ready: 'notifications.cannot.not_ready',
  no_answer: 'notifications.cannot.no_answer',
  refused: 'notifications.cannot.refused',
}

export class Cannot extends Error {
  constructor(readonly why: Obstacle) {
    super(why)
  }
}

export interface Abilities {
  platform: Platform
  isInstalled: boolean
  isSecure: boolean
  hasPush: boolean
  permission: NotificationPermission | undefined
}

const isApple = (platform: Platform) => platform === 'ipad' || platform === 'iphone'

/** What stands in the way before anything is asked; nothing when a touch may try. */
export function obstacle(able: Abilities): Obstacle | undefined {
  if (!able.isSecure) return 'insecure'
  // Safari shows these interfaces only to what was opened from the Home Screen.
  if (isApple(able.platform) && !able.isInstalled) return 'home_screen'
  if (!able.hasPush) return 'unsupported'
  if (able.permission === 'denied') return isApple(able.platform) ? 'denied_ios' : 'denied'
  return undefined
}

/** What the browser that runs this can do. */
export function abilities(platform: Platform, isInstalled: boolean): Abilities {
  return {
    platform,
    isInstalled,
    isSecure: isSecureContext,
    hasPush: 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window,
    permission: 'Notification' in window ? Notification.permission : undefined,
  }
}

const READY_MS = 8_000
/** `subscribe()` never answers where its service cannot be reached. */
const ANSWER_MS = 20_000

async function inTime<T>(promise: Promise<T>, ms: number, why: Obstacle): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Cannot(why)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

function isFor(subscription: PushSubscription, key: Uint8Array): boolean {
  const held = subscription.options.applicationServerKey
  return held !== null && new Uint8Array(held).join() === key.join()
}

/**
 * Asks the person, then the browser's service. Only in answer to a touch: browsers refuse otherwise.
 * Throws `Cannot`.
 */
export async function subscribe(key: string): Promise<PushSubscription> {
  const permission = await Notification.requestPermission()
  if (permission !== 'granted') throw new Cannot(permission === 'denied' ? 'denied' : 'dismissed')
  const { pushManager } = await inTime(navigator.serviceWorker.ready, READY_MS, 'not_ready')
  const applicationServerKey = bytes(key)
  try {
    // A server that lost its keys made others: what was subscribed with the old ones stays mute.
    const old = await pushManager.getSubscription()
    if (old && !isFor(old, applicationServerKey)) await old.unsubscribe()
    const asked = pushManager.subscribe({ userVisibleOnly: true, applicationServerKey })
    return await inTime(asked, ANSWER_MS, 'no_answer')
  } catch (error) {
    if (error instanceof Cannot) throw error
    throw new Cannot((error as Error).name === 'NotAllowedError' ? 'denied' : 'refused')
  }
}

/** The subscription that this browser holds, if it has one. */
export async function held(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker?.getRegistration()
  return (await registration?.pushManager?.getSubscription()) ?? null
}
