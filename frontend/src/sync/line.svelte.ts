import { isSupported } from './follow'
import { liveHeld } from './held.svelte'
import { type Held, type Line, lineOf } from './line'
import { sync } from './shared.svelte'

/** The sentence of the moment. Call it while a component is made. */
export function liveLine(shown: () => Held | undefined = () => undefined): {
  readonly value: Line
} {
  const held = liveHeld()
  const line = $derived(
    lineOf({
      supported: isSupported(),
      standings: sync.authorities.map(
        ({ id }) => sync.standing[id] ?? { phase: 'asking', trouble: null, settled: false },
      ),
      progress: sync.progress,
      dossiers: held.value,
      shown: shown(),
    }),
  )
  return {
    get value() {
      return line
    },
  }
}
