import type { Component } from 'svelte'
import { onProofNeeded } from '../api/api'

type Ask = Component<{ onsettled: (given: boolean) => void }>

let shown: Ask | undefined = $state.raw()
/** The dialog that asks somebody to confirm who they are, while it does. */
export const proof = {
  get dialog() {
    return shown
  },
  settle,
}

/** A no stands for whatever was asked of the server before it; what they try later asks again. */
let declined = Number.NEGATIVE_INFINITY
let answer: ((given: boolean) => void) | undefined
let asking: Promise<boolean> | undefined

/** What the dialog answers: the proof was given, or the person would rather not. */
function settle(given: boolean): void {
  shown = undefined
  if (!given) declined = performance.now()
  answer?.(given)
}

/** Requests that need a proof wait for one dialog, whatever their number, then are sent again. */
export function listenForProof(): void {
  onProofNeeded(async (begun) => {
    if (begun < declined) return false
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
