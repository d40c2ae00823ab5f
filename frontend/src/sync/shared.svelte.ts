import type { Lock } from '../local/lease'
import type { State, Trouble } from './core'
import type { Progress } from './downloads'

/** How one authority stands, in the words of the core. */
export interface Standing {
  phase: State['phase']
  trouble: Trouble | null
  /** The store equalled the server's view since the application was opened. */
  settled: boolean
  /** Changes that are on this tablet and not yet acknowledged. */
  pending: number
  /** How many of them the server has answered to. */
  pushed: number
}

export interface Shared {
  /** Whose papers these are; empty while nobody is signed in. */
  account: string
  /** Authorities of the account, in its order. `keeps`: papers come to the tablet by themselves. */
  authorities: { id: string; keeps: boolean }[]
  standing: Record<string, Standing>
  progress: Progress
  /** What may not be opened before this tablet has spoken with the server; seen by each tab. */
  locks: Record<string, Lock>
}

export const STILL: Progress = { running: false, rate: 0, stopped: null }

const shared: Shared = $state({
  account: '',
  authorities: [],
  standing: {},
  progress: STILL,
  locks: {},
})

/** What the sync is doing, told by the tab that does it to all the others. Read it in components. */
export const sync: Readonly<Shared> = shared

/** The authority that keeps a councillor's screen shut: its own, or all of them on the first one. */
export function lockedBy(path: string, authority: string | undefined): string | undefined {
  const isShut = (id: string) => shared.locks[id] === 'all'
  if (path.startsWith('/seances/')) return authority && isShut(authority) ? authority : undefined
  const kept = shared.authorities.filter(({ keeps }) => keeps)
  return path === '/' && kept.every(({ id }) => isShut(id)) ? kept[0]?.id : undefined
}

export function share(change: Partial<Shared>): void {
  Object.assign(shared, change)
}

export function shareStanding(authority: string, standing: Standing | undefined): void {
  if (standing) shared.standing[authority] = standing
  else delete shared.standing[authority]
}
