import { describe, expect, it } from 'vitest'
import { emptyDraft, faultsOf, sent } from './draft'

const whole = { ...emptyDraft(), first_name: 'Claire', last_name: 'Bonnet' }

describe('a new member', () => {
  it('needs a name and a role', () => {
    expect(Object.keys(faultsOf(emptyDraft()))).toEqual(['first_name', 'last_name'])
    expect(Object.keys(faultsOf({ ...whole, roles: [] }))).toEqual(['roles'])
    expect(faultsOf(whole)).toEqual({})
  })
  it.each([
    ['', 'Écrivez'],
    ['claire.bonnet', '@'],
    ['claire.bonnet@saintaubin', 'Il manque la fin'],
    ['@saintaubin.fr', 'complète'],
    ['claire bonnet@saintaubin.fr', 'complète'],
    ['a@b@saintaubin.fr', 'complète'],
  ])('is told what is wrong with « %s »', (email, words) => {
    expect(faultsOf(whole, email).email).toContain(words)
  })
  it('may have an address with anything a mail server takes', () => {
    expect(faultsOf(whole, ' o’brien+conseil@mairie.saint-aubin.fr ')).toEqual({})
  })
  it('is sent without stray spaces, and without a group as null', () => {
    expect(sent({ ...whole, last_name: ' Bonnet ' })).toMatchObject({
      last_name: 'Bonnet',
      group_id: null,
    })
  })
})
