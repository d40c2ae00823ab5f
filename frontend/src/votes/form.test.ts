import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Base } from '../local/outbox'
import { VoteForm } from './form.svelte'
import { BLANK, type Preparation } from './preparation'

let saved: { argument: string; choice: string; base: Base }[]
const save = async ({ argument, choice }: Preparation, base: Base) => {
  saved.push({ argument, choice, base })
  return `mid${saved.length}`
}

beforeEach(() => {
  saved = []
  vi.useFakeTimers()
})
afterEach(() => void vi.useRealTimers())

function type(form: VoteForm, argument: string): void {
  form.fields.argument = argument
  form.typed()
}

describe('the fields of a preparation', () => {
  it('are written 800 ms after the last key, each change made from the one before', async () => {
    const form = new VoteForm(save)
    form.fill(BLANK, 41)
    type(form, 'a')
    await vi.advanceTimersByTimeAsync(799)
    type(form, 'ab')
    await vi.advanceTimersByTimeAsync(799)
    expect(saved).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(form.isDirty).toBe(false)
    type(form, 'abc')
    await form.chosen({ choice: 'for' })
    expect(saved).toEqual([
      { argument: 'ab', choice: 'undecided', base: 41 },
      { argument: 'abc', choice: 'for', base: 'mid1' },
    ])
  })

  it('are not touched from elsewhere while words are on their way, and keep their base', async () => {
    const form = new VoteForm(save)
    form.fill(BLANK, 1)
    type(form, 'mine')
    form.fill({ ...BLANK, argument: 'theirs' }, 2)
    expect(form.fields.argument).toBe('mine')
    await form.flush()
    expect(saved).toEqual([{ argument: 'mine', choice: 'undecided', base: 1 }])
    form.fill({ ...BLANK, argument: 'theirs' }, 3)
    expect(form.fields.argument).toBe('theirs')
  })

  it('write nothing when nothing changed', async () => {
    const form = new VoteForm(save)
    form.fill({ ...BLANK, argument: 'kept' }, 1)
    type(form, 'kept!')
    type(form, 'kept')
    await form.flush()
    expect(saved).toEqual([])
    expect(form.isDirty).toBe(false)
  })

  it('go on with what was typed while a change was being written', async () => {
    let done = (_: string) => {}
    const slow = new VoteForm((now, base) => {
      void save(now, base)
      return new Promise((resolve) => {
        done = resolve
      })
    })
    type(slow, 'a')
    const first = slow.flush()
    await vi.advanceTimersByTimeAsync(0)
    type(slow, 'ab')
    done('m1')
    await first
    expect(slow.isDirty).toBe(true)
    const second = slow.flush()
    await vi.advanceTimersByTimeAsync(0)
    done('m2')
    await second
    expect(saved.map(({ argument, base }) => [argument, base])).toEqual([
      ['a', 0],
      ['ab', 'm1'],
    ])
  })

  it('are written again as they are when they settle two answers', async () => {
    const settled: boolean[] = []
    const form = new VoteForm((now, base, settles) => {
      settled.push(settles)
      return save(now, base)
    })
    const kept: Preparation = { ...BLANK, choice: 'for' }
    form.fill(kept, 7)
    await form.settle(kept)
    await form.chosen({ choice: 'against' })
    expect(saved.map(({ choice, base }) => [choice, base])).toEqual([
      ['for', 7],
      ['against', 'mid1'],
    ])
    expect(settled).toEqual([true, false])
  })

  it('stay, and say so, when the tablet refuses to write', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    let isFull = true
    const form = new VoteForm((now, base) =>
      isFull ? Promise.reject(new Error('full')) : save(now, base),
    )
    type(form, 'a')
    await form.flush()
    expect(form).toMatchObject({ isDirty: true, isRefused: true })
    isFull = false
    await form.flush()
    expect(form).toMatchObject({ isDirty: false, isRefused: false })
    expect(saved).toHaveLength(1)
  })
})
