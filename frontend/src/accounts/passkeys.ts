/** JSON forms of WebAuthn level 3: bytes are base64url. Safari 18 and Chrome 125 lack the browser's own. */
export type Wire = Record<string, unknown>

interface Described {
  id: string
  type: 'public-key'
  transports?: AuthenticatorTransport[]
}

/** Why no passkey came: the person said no or waited, or this device holds one already. */
export class NoPasskey extends Error {
  override name = 'NoPasskey'
  constructor(readonly reason: 'cancelled' | 'already' | 'failed') {
    super(reason)
  }
}

/** Whether this browser knows passkeys at all. */
export function knowsPasskeys(): boolean {
  return 'PublicKeyCredential' in globalThis
}

/** Whether this very device can hold one: finger, face or code. */
export async function holdsPasskeys(): Promise<boolean> {
  if (!knowsPasskeys()) return false
  return PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false)
}

/** Whether the address field may offer passkeys by itself. */
export async function offersPasskeys(): Promise<boolean> {
  if (!knowsPasskeys()) return false
  const ask = PublicKeyCredential.isConditionalMediationAvailable
  return (await ask?.call(PublicKeyCredential).catch(() => false)) ?? false
}

/** Has the device make a passkey. Throws `NoPasskey`. */
export async function createPasskey(options: Wire): Promise<Wire> {
  const asked = options as Wire & { user: Wire; excludeCredentials?: Described[] }
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...asked.user, id: bytes(asked.user.id) },
    excludeCredentials: described(asked.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions
  const made = await attempt(() => navigator.credentials.create({ publicKey }))
  const answer = made.response as AuthenticatorAttestationResponse
  return wire(made, {
    clientDataJSON: text(answer.clientDataJSON),
    attestationObject: text(answer.attestationObject),
    transports: answer.getTransports?.() ?? [],
  })
}

/**
 * Has the person show a passkey. `offered`: in the list of the address field, until `signal` is
 * aborted. Throws `NoPasskey`.
 */
export async function showPasskey(
  options: Wire,
  { offered = false, signal }: { offered?: boolean; signal?: AbortSignal } = {},
): Promise<Wire> {
  const asked = options as Wire & { allowCredentials?: Described[] }
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    allowCredentials: described(asked.allowCredentials),
  } as unknown as PublicKeyCredentialRequestOptions
  const shown = await attempt(() =>
    navigator.credentials.get({
      publicKey,
      ...(signal && { signal }),
      ...(offered && { mediation: 'conditional' as const }),
    }),
  )
  const answer = shown.response as AuthenticatorAssertionResponse
  return wire(shown, {
    clientDataJSON: text(answer.clientDataJSON),
    authenticatorData: text(answer.authenticatorData),
    signature: text(answer.signature),
    userHandle: answer.userHandle ? text(answer.userHandle) : null,
  })
}

async function attempt(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  let given: Credential | null
  try {
    given = await ask()
  } catch (error) {
    const { name } = error as DOMException
    if (name === 'InvalidStateError') throw new NoPasskey('already')
    // Browsers do not tell who said no from who was away: neither is our business.
    throw new NoPasskey(['NotAllowedError', 'AbortError'].includes(name) ? 'cancelled' : 'failed')
  }
  if (!given) throw new NoPasskey('cancelled')
  return given as PublicKeyCredential
}

function wire(credential: PublicKeyCredential, response: Wire): Wire {
  const { id, rawId, type, authenticatorAttachment } = credential
  return {
    id,
    rawId: text(rawId),
    type,
    authenticatorAttachment: authenticatorAttachment ?? null,
    clientExtensionResults: {},
    response,
  }
}

function described(all: Described[] | undefined) {
  return all?.map((one) => ({ ...one, id: bytes(one.id) }))
}

/** Base64url, without padding. */
export function text(buffer: ArrayBuffer): string {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)))
  return plain.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** The bytes of `text`. */
export function bytes(encoded: unknown): Uint8Array<ArrayBuffer> {
  const plain = atob(String(encoded).replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}
