import { api, Refusal } from '../api/api'
import { readWiped, settleWiped } from '../local/device'

let saying: Promise<void> | undefined

/**
 * Says to the server that something was erased here, so that whoever took it back knows. It needs no
 * sign-in: the account may have left, or another have come. What is not heard is said again at the next
 * start, or when the network is back.
 */
export function sayWiped(): Promise<void> {
  saying ??= say()
    .catch(() => undefined)
    .finally(() => {
      saying = undefined
    })
  return saying
}

async function say(): Promise<void> {
  for (const wiped of await readWiped()) {
    const { authority, id, proof } = wiped
    const address = `/api/authorities/${authority}/devices/${id}/wiped`
    await api.post(address, { proof }).catch((error: unknown) => {
      // Unknown there by now: there is nobody left to tell.
      if (!(error instanceof Refusal && error.status < 500 && error.status !== 429)) throw error
    })
    await settleWiped(wiped)
  }
}
