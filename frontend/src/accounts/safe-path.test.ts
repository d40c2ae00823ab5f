import { describe, expect, it } from 'vitest'
import { safePath } from './safe-path'

describe('the address after a sign-in', () => {
  it('stays in the application', () => {
    expect(safePath('/seances/a/b?page=3')).toBe('/seances/a/b?page=3')
  })
  it.each([
    undefined,
    '',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
  ])('never leaves it for %s', (path) => {
    expect(safePath(path)).toBeUndefined()
  })
})
