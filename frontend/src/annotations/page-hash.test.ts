import { expect, it } from 'vitest'
import { pageHash } from './page-hash'

it('is the same for the same words, however they are set, and empty without words', async () => {
  const hash = await pageHash('La déli-\nbération  du Conseil')
  expect(hash).toMatch(/^[0-9a-f]{64}$/)
  expect(await pageHash('La délibération\ndu conseil ')).toBe(hash)
  expect(await pageHash('La délibération du bureau')).not.toBe(hash)
  expect(await pageHash(' \n')).toBe('')
  expect(await pageHash(undefined)).toBe('')
})
