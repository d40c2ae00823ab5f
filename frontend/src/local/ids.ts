/** Names made on the tablet, off line as well, that no other tablet can make by chance. */

/** UUIDv7 (RFC 9562): its first 48 bits are the milliseconds of `now`, so that names sort by age. */
export function uuid7(now = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  for (let n = 0; n < 6; n++) bytes[n] = Math.floor(now / 256 ** (5 - n)) % 256
  return written(bytes, 7)
}

/**
 * UUIDv5 (RFC 9562) of a name in a namespace: two tablets that never met give the same thing the
 * same name.
 */
export async function uuid5(namespace: string, name: string): Promise<string> {
  const space = Uint8Array.from(namespace.replaceAll('-', '').match(/../g) ?? [], (two) =>
    Number.parseInt(two, 16),
  )
  const words = new TextEncoder().encode(name)
  const whole = new Uint8Array(space.length + words.length)
  whole.set(space)
  whole.set(words, space.length)
  return written(new Uint8Array(await crypto.subtle.digest('SHA-1', whole)).slice(0, 16), 5)
}

function written(bytes: Uint8Array, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4)
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** The one preparation of a member for an item of an agenda, on whatever tablet it is made. */
export function voteIntentionId(member: string, item: string): Promise<string> {
  return uuid5('2f0c1d8a-5b7e-5c3e-9a41-7d3f6c1b0e01', `${member}:${item}`)
}

/** The one reading state of a member for a piece. */
export function readingStateId(member: string, document: string): Promise<string> {
  return uuid5('2f0c1d8a-5b7e-5c3e-9a41-7d3f6c1b0e02', `${member}:${document}`)
}
