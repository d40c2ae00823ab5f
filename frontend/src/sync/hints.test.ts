import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Hint, Hints, type Stream } from './hints'

class Source implements Stream {
  readyState = 0
  onopen: Stream['onopen'] = null
  onmessage: Stream['onmessage'] = null
  onerror: Stream['onerror'] = null
  closed = false

  close(): void {
    this.closed = true
    this.readyState = 2
  }
  say(data: string): void {
    this.onmessage?.call(this as never, { data } as MessageEvent)
  }
  opens(): void {
    this.readyState = 1
    this.onopen?.call(this as never, {} as Event)
  }
  /** The browser tries again by itself, unless the answer was a refusal. */
  breaks(readyState: number): void {
    this.readyState = readyState
    this.onerror?.call(this as never, {} as Event)
  }
}

function listen() {
  const [sources, heard, said] = [[] as Source[], [] as Hint[], [] as boolean[]]
  const hints = new Hints(
    'anne',
    { onhint: (hint) => heard.push(hint), onlistening: (hinted) => said.push(hinted) },
    () => {
      const source = new Source()
      sources.push(source)
      return source
    },
  )
  return { hints, sources, heard, said }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('hints', () => {
  it('are heard only while somebody may be looking', () => {
    const { hints, sources, heard, said } = listen()
    hints.show(false)
    expect(sources).toHaveLength(0)
    hints.show(true)
    hints.show(true)
    expect(sources).toHaveLength(1)
    sources[0]?.opens()
    sources[0]?.say('{"authority":"town","seq":42}')
    expect(heard).toEqual([{ authority: 'town', seq: 42 }])
    hints.show(false)
    expect(sources[0]?.closed).toBe(true)
    expect(said).toEqual([true, false])
    hints.show(true)
    expect(sources).toHaveLength(2)
  })

  it('may break: the browser opens them again by itself', () => {
    const { hints, sources, said } = listen()
    hints.show(true)
    sources[0]?.opens()
    sources[0]?.breaks(0)
    sources[0]?.opens()
    expect(said).toEqual([true, false, true])
    expect(sources).toHaveLength(1)
  })

  it('are asked for again, rarely, after a refusal', () => {
    const { hints, sources } = listen()
    hints.show(true)
    sources[0]?.breaks(2)
    vi.advanceTimersByTime(59_000)
    expect(sources).toHaveLength(1)
    vi.advanceTimersByTime(62_000)
    expect(sources).toHaveLength(2)
    sources[1]?.breaks(2)
    hints.close()
    vi.advanceTimersByTime(600_000)
    expect(sources).toHaveLength(2)
  })

  it('that cannot be read are no hints', () => {
    const { hints, sources, heard } = listen()
    hints.show(true)
    for (const data of ['', '<html>', '[]', '{"seq":1}', 'null']) sources[0]?.say(data)
    expect(heard).toEqual([])
  })

  it('are done without where the browser knows none', () => {
    const hints = new Hints('anne', { onhint: () => {}, onlistening: () => {} })
    hints.show(true)
    hints.close()
  })
})
