import type { Component } from 'svelte'
import { onProofNeeded } from '../api/api'

let shown: Component | undefined = $state.raw()
/** The dialog that asks somebody to confirm who they are, while it does. */
export const proof = {
  get dialog() {
    return shown
  },
}

/** Somebody who said no is not asked at once for the rest of the screen. */
const PAUSE_MS = 2_000

let declined = Number.NEGATIVE_INFINITY
let answer: ((given: boolean) => void) | undefined
let asking: Promise<boolean> | undefined

/** What the dialog answers: the proof was given, or the person would rather not. */
export function settleProof(given: boolean): void {
  shown = undefined
  if (!given) declined = performance.now()
  answer?.(given)
}

/** Requests that need a proof wait for one dialog, whatever their number, then are sent again. */
export function listenForProof(): void {
  onProofNeeded(async () => {
    if (performance.now() - declined < PAUSE_MS) return false
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  })
}

async function ask(): Promise<boolean> {
  const given = new Promise<boolean>((done) => {
    answer = done
  })
  const loaded = await import('./ProofDialog.svelte').catch(() => undefined)
  if (!loaded) return false
  shown = loaded.default
  return given
}
