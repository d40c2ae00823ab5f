import { fold } from '../reader/fold'

/** SHA-256 of the folded text of a page, in hexadecimal; empty when it has no words. */
export async function pageHash(text: string | undefined): Promise<string> {
  const folded = fold(text ?? '').text.trim()
  if (folded === '') return ''
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(folded))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
