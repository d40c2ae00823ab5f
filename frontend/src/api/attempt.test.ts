import { expect, test } from 'vitest'
import { attempt } from './attempt.svelte'

test('one deed at a time; its failure stays until the next begins', async () => {
  const deed = attempt()
  let release = () => {}
  let ran = 0
  const another = async () => {
    ran += 1
  }
  const first = deed.run(() => new Promise((done) => (release = done)))
  expect(deed.busy).toBe(true)
  await deed.run(another)
  expect(ran).toBe(0)
  release()
  await first
  expect([deed.busy, deed.failure]).toEqual([false, undefined])

  const fault = new Error('no')
  await deed.run(() => Promise.reject(fault))
  expect([deed.busy, deed.failure]).toEqual([false, fault])
  const second = deed.run(another)
  expect(deed.failure).toBeUndefined()
  await second
  expect(ran).toBe(1)

  await deed.run(() => Promise.reject(fault))
  deed.forget()
  expect(deed.failure).toBeUndefined()
})
