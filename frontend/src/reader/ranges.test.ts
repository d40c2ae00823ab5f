import { describe, expect, it } from 'vitest'
import { Ranges } from './ranges'

function setting(read: (begin: number, end: number) => Promise<Uint8Array>) {
  const delivered: [number, number][] = []
  const faults: unknown[] = []
  const ranges = new Ranges(
    { size: 100, read },
    (begin, bytes) => delivered.push([begin, bytes.byteLength]),
    (error) => faults.push(error),
  )
  return { ranges, delivered, faults }
}

const bytes = (begin: number, end: number) => new Uint8Array(end - begin)

describe('ranges', () => {
  it('delivers what was asked, without a word', async () => {
    const { ranges, delivered, faults } = setting(async (begin, end) => bytes(begin, end))
    await ranges.request(0, 40)
    expect(delivered).toEqual([[0, 40]])
    expect(faults).toEqual([])
  })

  it('keeps a failed read asked, and delivers it when tried again', async () => {
    let broken = true
    const refusal = new Error('offline')
    const { ranges, delivered, faults } = setting(async (begin, end) => {
      if (broken) throw refusal
      return bytes(begin, end)
    })
    await Promise.all([ranges.request(0, 40), ranges.request(40, 100)])
    expect(delivered).toEqual([])
    expect(faults).toEqual([refusal, refusal])
    expect(ranges.waiting).toBe(2)
    await ranges.retry()
    expect(ranges.waiting).toBe(2)
    broken = false
    await ranges.retry()
    expect(delivered).toEqual([
      [0, 40],
      [40, 60],
    ])
    expect(faults.at(-1)).toBeNull()
  })

  it('takes a short read for a failure', async () => {
    const { ranges, delivered, faults } = setting(async (begin, end) => bytes(begin, end - 1))
    await ranges.request(0, 40)
    expect(delivered).toEqual([])
    expect(faults[0]).toBeInstanceOf(RangeError)
  })

  it('is silent once closed', async () => {
    let release = (_: Uint8Array) => {}
    const { ranges, delivered, faults } = setting(() => new Promise((done) => (release = done)))
    const asked = ranges.request(0, 4)
    ranges.close()
    release(bytes(0, 4))
    await asked
    expect([delivered, faults]).toEqual([[], []])
  })
})
