import { describe, expect, it } from 'vitest'
import { match } from './match'
import { notFound, routeOf } from './table'

describe('match', () => {
  it('gives the parameters of an address', () => {
    expect(match('/seances/:authority/:sitting', '/seances/a/b')).toEqual({
      authority: 'a',
      sitting: 'b',
    })
    expect(match('/compte', '/compte/')).toEqual({})
    expect(match('/', '/')).toEqual({})
  })
  it('decodes them, and refuses what cannot be decoded', () => {
    expect(match('/x/:name', '/x/Saint%20Aubin')).toEqual({ name: 'Saint Aubin' })
    expect(match('/x/:name', '/x/%E0%A4%A')).toBeNull()
  })
  it('refuses another length, another word, an empty parameter', () => {
    expect(match('/x/:name', '/x')).toBeNull()
    expect(match('/x/:name', '/x/y/z')).toBeNull()
    expect(match('/x/:name', '/y/z')).toBeNull()
    expect(match('/x/:name/z', '/x//z')).toBeNull()
  })
})

describe('routeOf', () => {
  it('prefers a fixed word to a parameter', () => {
    expect(routeOf('/secretariat/a/nouvelle').route.pattern).toBe(
      '/secretariat/:authority/nouvelle',
    )
    expect(routeOf('/secretariat/a/b').params).toEqual({ authority: 'a', sitting: 'b' })
  })
  it('has a page for addresses that do not exist', () => {
    expect(routeOf('/nulle/part').route).toBe(notFound)
  })
})
