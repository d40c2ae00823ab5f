import { api } from '../api/api'
import type { Schemas } from '../api/types'
import { holdsPasskeys } from './passkeys'

/** This device can hold a passkey, and the person has none. */
export async function isWorthOffering(): Promise<boolean> {
  if (!(await holdsPasskeys())) return false
  return (await api.get<Schemas['Security']>('/api/security')).passkeys.length === 0
}
