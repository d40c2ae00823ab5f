import { hasText } from '../i18n/t'

/** True when a refusal of this code has its own sentence. This file brings them all. */
export function hasWords(code: string): boolean {
  return hasText(`errors.${code}`)
}
