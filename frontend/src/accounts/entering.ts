import { api } from '../api/api'
import { enterBy } from './account.svelte'
import { deviceName } from './device'
import { showPasskey, type Wire } from './passkeys'

/**
 * Signs this device in by passkey. With a `signal`, passkeys are only offered, in the list of the
 * address field, until it is aborted. Throws `NoPasskey`, or refuses.
 */
export async function enterByPasskey(signal?: AbortSignal): Promise<void> {
  const { options } = await api.post<{ options: Wire }>('/api/sign-in/passkey/question')
  const credential = await showPasskey(options, signal ? { offered: true, signal } : {})
  await enterBy('/api/sign-in/passkey', { credential, device_name: deviceName(navigator) })
}
