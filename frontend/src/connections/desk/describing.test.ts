import { describe, expect, it } from 'vitest'
import { editOf, formOf } from './describing'

describe('describing a provider', () => {
  it('begins with what ProConnect asks of a service', () => {
    const edit = editOf({ ...formOf('proconnect'), issuer: ' https://fca.example/api/v2 ' })
    expect(edit.scopes).toEqual(['openid', 'given_name', 'usual_name', 'email', 'siret'])
    expect(edit.siret_claim).toBe('siret')
    expect(edit.trusts_email).toBe(true)
    expect(edit.issuer).toBe('https://fca.example/api/v2')
    expect(edit.is_enabled).toBe(false)
  })

  it('takes lists as they are typed', () => {
    const edit = editOf({ ...formOf('generic'), acr_accepted: 'eidas2, eidas3\n eidas2-mfa' })
    expect(edit.acr_accepted).toEqual(['eidas2', 'eidas3', 'eidas2-mfa'])
    expect(edit.acr_asked).toEqual([])
  })
})
