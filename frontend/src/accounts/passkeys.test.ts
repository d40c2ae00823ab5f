import { afterEach, describe, expect, it, vi } from 'vitest'
import { bytes, createPasskey, NoPasskey, showPasskey, text } from './passkeys'

afterEach(() => vi.unstubAllGlobals())

const buffer = (...of: number[]) => Uint8Array.from(of).buffer

function browser(credentials: Partial<CredentialsContainer>) {
  vi.stubGlobal('navigator', { credentials })
}

describe('bytes on the wire', () => {
  it('are base64url without padding, both ways', () => {
    for (const some of [[], [0], [251, 255], [251, 255, 254], [62, 63, 64, 65]]) {
      const encoded = text(buffer(...some))
      expect(encoded).not.toMatch(/[+/=]/)
      expect([...bytes(encoded)]).toEqual(some)
    }
    expect(text(buffer(251, 255))).toBe('-_8')
  })
})

describe('a passkey that is made', () => {
  it('is asked with bytes and told in text', async () => {
    const create = vi.fn(async (_: CredentialCreationOptions) => ({
      id: 'AQI',
      rawId: buffer(1, 2),
      type: 'public-key',
      response: {
        clientDataJSON: buffer(3),
        attestationObject: buffer(4),
        getTransports: () => ['internal'],
      },
    }))
    browser({ create: create as never })
    const made = await createPasskey({
      challenge: 'AAE',
      user: { id: 'Ag', name: 'a' },
      excludeCredentials: [{ id: 'Aw', type: 'public-key' }],
    })
    expect(create.mock.calls[0]?.[0].publicKey).toMatchObject({
      challenge: Uint8Array.of(0, 1),
      user: { id: Uint8Array.of(2), name: 'a' },
      excludeCredentials: [{ id: Uint8Array.of(3), type: 'public-key' }],
    })
    expect(made).toMatchObject({
      rawId: 'AQI',
      response: { clientDataJSON: 'Aw', attestationObject: 'BA', transports: ['internal'] },
    })
  })
  it('says why there is none', async () => {
    for (const [name, reason] of [
      ['NotAllowedError', 'cancelled'],
      ['AbortError', 'cancelled'],
      ['InvalidStateError', 'already'],
      ['SecurityError', 'failed'],
    ]) {
      browser({ create: () => Promise.reject(new DOMException('', name)) })
      const error = await createPasskey({ challenge: '', user: { id: '' } }).catch((e) => e)
      expect(error).toBeInstanceOf(NoPasskey)
      expect(error.reason).toBe(reason)
    }
  })
})

describe('a passkey that is shown', () => {
  it('waits in the list of the field when it is only offered', async () => {
    const get = vi.fn(async (_: CredentialRequestOptions) => ({
      id: 'AQ',
      rawId: buffer(1),
      type: 'public-key',
      response: {
        clientDataJSON: buffer(2),
        authenticatorData: buffer(3),
        signature: buffer(4),
        userHandle: null,
      },
    }))
    browser({ get: get as never })
    const { signal } = new AbortController()
    const shown = await showPasskey({ challenge: 'AA' }, { offered: true, signal })
    expect(get.mock.calls[0]?.[0]).toMatchObject({ mediation: 'conditional', signal })
    expect(shown).toMatchObject({ response: { signature: 'BA', userHandle: null } })
    await showPasskey({ challenge: 'AA' })
    expect(get.mock.calls[1]?.[0].mediation).toBeUndefined()
  })
  it('is cancelled when the browser gives nothing', async () => {
    browser({ get: async () => null })
    await expect(showPasskey({ challenge: '' })).rejects.toMatchObject({ reason: 'cancelled' })
  })
})
