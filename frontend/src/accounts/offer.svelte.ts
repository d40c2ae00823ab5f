import type { Component } from 'svelte'

const SETTLED = 'cartable.passkey.settled'

type Band = Component<{ onsettled: () => void }>

let shown: Band | undefined = $state.raw()
/** The proposal of a passkey, to somebody who came in by another way. */
export const offer = {
  get band() {
    return shown
  },
  settle,
}

let considered = ''

/** Shows it once to each person, on a device that can hold a passkey. */
export async function considerOffer(account: string): Promise<void> {
  if (considered === account || isSettled(account)) return
  considered = account
  shown = undefined
  const loaded = await worthOffering().catch(() => undefined)
  // A passkey may have been made meanwhile.
  if (considered === account && !isSettled(account)) shown = loaded
}

async function worthOffering(): Promise<Band | undefined> {
  const { isWorthOffering } = await import('./worth-offering')
  if (!(await isWorthOffering())) return undefined
  return (await import('./PasskeyOffer.svelte')).default
}

const isSettled = (account: string) => localStorage.getItem(SETTLED) === account

/** A passkey was made, or « not now »: it is not shown again to this person here. */
function settle(): void {
  if (considered) localStorage.setItem(SETTLED, considered)
  shown = undefined
}
