import { describe, expect, it } from 'vitest'
import { Refusal, Unreachable } from './refusals'
import { resource } from './resource.svelte'

const settled = () => new Promise((resolve) => setTimeout(resolve))

describe('a resource', () => {
  it('is loading, then there', async () => {
    const one = resource(async () => 1)
    expect([one.loading, one.value]).toEqual([true, undefined])
    await settled()
    expect([one.loading, one.value, one.error]).toEqual([false, 1, undefined])
  })
  it('keeps what was read when the network goes', async () => {
    let up = true
    const one = resource(async () => {
      if (up) return 1
      throw new Unreachable()
    })
    await settled()
    up = false
    await one.reload()
    expect([one.value, one.offline]).toEqual([1, true])
    up = true
    await one.reload()
    expect(one.offline).toBe(false)
  })
  it('tells a refusal from a missing network', async () => {
    const one = resource(async () => {
      throw new Refusal('not_found', 404)
    })
    await settled()
    expect([one.offline, one.error]).toEqual([false, expect.any(Refusal)])
  })
  it('ignores an answer that a later deed has overtaken', async () => {
    let release: (value: number) => void = () => undefined
    const one = resource(() => new Promise<number>((resolve) => (release = resolve)))
    one.set(2)
    release(1)
    await settled()
    expect([one.value, one.loading]).toEqual([2, false])
  })
})
