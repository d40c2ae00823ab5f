import { api } from '../api/api'
import type { Schemas } from '../api/types'
import { holdsPasskeys } from './passkeys'

/** This device can hold a passkey, its person has none, and came in by themselves. */
export async function isWorthOffering(): Promise<boolean> {
  if (!(await holdsPasskeys())) return false
  const { is_given, passkeys } = await api.get<Schemas['Security']>('/api/security')
  return !is_given && passkeys.length === 0
}
