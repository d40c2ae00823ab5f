/** Who wrote what, told to every tab: so that a screen reads again what it shows. */

/**
 * `outbox`: a change was written down. `hint`: the server says that something happened there. `lease`:
 * what may be opened without a word with the server changed.
 */
export type Topic = 'rows' | 'outbox' | 'files' | 'places' | 'authorities' | 'hint' | 'lease'

type Listener = (topic: Topic) => void

const listeners = new Set<Listener>()
const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('cartable:local')

function tellHere(topic: Topic): void {
  for (const listener of listeners) listener(topic)
}

if (tabs) {
  tabs.onmessage = ({ data }: MessageEvent<Topic>) => tellHere(data)
  // In Node a listening channel would keep the process alive.
  ;(tabs as { unref?: () => void }).unref?.()
}

export function changed(topic: Topic): void {
  tellHere(topic)
  tabs?.postMessage(topic)
}

/** Returns what stops it. */
export function onChange(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
