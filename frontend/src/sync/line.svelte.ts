import { live } from '../local/live.svelte'
import { readParked } from '../local/parked'
import { isSupported } from './follow'
import { liveHeld, openHeld } from './held.svelte'
import { type Held, type Line, lineOf } from './line'
import { type Standing, sync } from './shared.svelte'

const NOT_YET: Standing = {
  phase: 'asking',
  trouble: null,
  settled: false,
  pending: 0,
  pushed: 0,
}

/** How many changes could not be applied and wait for their author, in all authorities. */
export function liveParkedCount(): { readonly value: number | undefined } {
  return live(['rows', 'outbox', 'authorities'], async () => {
    const all = await Promise.all((await openHeld()).map(readParked))
    return all.flat().length
  })
}

/** The sentence of the moment. Call it while a component is made. */
export function liveLine(shown: () => Held | undefined = () => undefined): {
  readonly value: Line
} {
  const held = liveHeld()
  const line = $derived(
    lineOf({
      supported: isSupported(),
      standings: sync.authorities.map(({ id }) => sync.standing[id] ?? NOT_YET),
      progress: sync.progress,
      dossiers: held.value,
      shown: shown(),
      isShut: Object.values(sync.locks).includes('all'),
    }),
  )
  return {
    get value() {
      return line
    },
  }
}
