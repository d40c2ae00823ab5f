/** Sealing with the device's key: AES-GCM, 96 random bits of nonce, bound to the place it is kept. */

export interface Sealed {
  iv: Uint8Array<ArrayBuffer>
  data: ArrayBuffer
}

const utf8 = new TextEncoder()

/** A key that can be used here but never read out, not even by this application. */
export function newKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

/** A secret that only serves to make keys (HKDF), and cannot be read out either. */
export function newMix(): Promise<CryptoKey> {
  const secret = crypto.getRandomValues(new Uint8Array(32))
  return crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
}

/** `place` names where the box is put: a box moved elsewhere does not open. */
export async function seal(
  key: CryptoKey,
  place: string,
  data: Uint8Array<ArrayBuffer>,
): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const additionalData = utf8.encode(place)
  return {
    iv,
    data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, data),
  }
}

/** Rejects when the key, the place or a single bit differs. */
export async function unseal(
  key: CryptoKey,
  place: string,
  { iv, data }: Sealed,
): Promise<Uint8Array<ArrayBuffer>> {
  const additionalData = utf8.encode(place)
  return new Uint8Array(
    await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, data),
  )
}

export function sealJson(key: CryptoKey, place: string, value: unknown): Promise<Sealed> {
  return seal(key, place, utf8.encode(JSON.stringify(value)))
}

export async function unsealJson<T>(key: CryptoKey, place: string, box: Sealed): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await unseal(key, place, box))) as T
}
