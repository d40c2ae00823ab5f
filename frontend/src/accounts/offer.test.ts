import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const isWorthOffering = vi.hoisted(() => vi.fn<() => Promise<boolean>>())
vi.mock('./worth-offering', () => ({ isWorthOffering }))
vi.mock('./PasskeyOffer.svelte', () => ({ default: () => undefined }))

const kept = new Map<string, string>()

/** The application as a page that opens anew, on a device that keeps what it kept. */
async function open() {
  vi.resetModules()
  return import('./offer.svelte')
}

beforeEach(() => {
  kept.clear()
  isWorthOffering.mockResolvedValue(true)
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
  })
})
afterEach(() => vi.unstubAllGlobals())

describe('the proposal of a passkey', () => {
  it('is shown once to each person', async () => {
    const { considerOffer, offer } = await open()
    await considerOffer('alice')
    expect(offer.band).toBeDefined()
    offer.settle()
    expect(offer.band).toBeUndefined()
    const again = await open()
    await again.considerOffer('alice')
    expect(again.offer.band).toBeUndefined()
    await again.considerOffer('bruno')
    expect(again.offer.band).toBeDefined()
  })

  it('is not shown to somebody who made one while it was being considered', async () => {
    const { considerOffer, offer } = await open()
    const considered = considerOffer('jeanne')
    offer.settle()
    await considered
    expect(offer.band).toBeUndefined()
  })

  it('stays settled for whoever makes another passkey later', async () => {
    const first = await open()
    await first.considerOffer('alice')
    first.offer.settle()
    const later = await open()
    await later.considerOffer('alice')
    later.offer.settle()
    const last = await open()
    await last.considerOffer('alice')
    expect(last.offer.band).toBeUndefined()
  })
})
