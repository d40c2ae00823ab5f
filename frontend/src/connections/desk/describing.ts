import type { Schemas } from '../../api/types'

export type Connection = Schemas['Connection']
export type ConnectionEdit = Schemas['ConnectionEdit']

/** What ProConnect asks of a service, but its issuer, identifier and secret. */
export const PROCONNECT = {
  kind: 'proconnect',
  name: 'ProConnect',
  scopes: 'openid given_name usual_name email siret',
  acr_asked: '',
  acr_accepted: '',
  siret_claim: 'siret',
  trusts_email: true,
} as const

export const GENERIC = {
  kind: 'generic',
  name: '',
  scopes: 'openid email',
  acr_asked: '',
  acr_accepted: '',
  siret_claim: '',
  trusts_email: false,
} as const

export interface Form {
  kind: Connection['kind']
  name: string
  issuer: string
  client_id: string
  secret: string
  scopes: string
  acr_asked: string
  acr_accepted: string
  siret_claim: string
  trusts_email: boolean
  is_enabled: boolean
}

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean)

/** The fields of a form: what a connection is, or what a new one of this kind begins with. */
export function formOf(from: Connection | Connection['kind']): Form {
  if (typeof from === 'string') {
    const usual = from === 'proconnect' ? PROCONNECT : GENERIC
    return { ...usual, issuer: '', client_id: '', secret: '', is_enabled: false }
  }
  return {
    kind: from.kind,
    name: from.name,
    issuer: from.issuer,
    client_id: from.client_id,
    secret: '',
    scopes: from.scopes.join(' '),
    acr_asked: from.acr_asked.join(' '),
    acr_accepted: from.acr_accepted.join(' '),
    siret_claim: from.siret_claim,
    trusts_email: from.trusts_email,
    is_enabled: from.is_enabled,
  }
}

/** What the wire takes of a form. */
export function editOf(form: Form): ConnectionEdit {
  return {
    ...form,
    name: form.name.trim(),
    issuer: form.issuer.trim(),
    client_id: form.client_id.trim(),
    scopes: words(form.scopes),
    acr_asked: words(form.acr_asked),
    acr_accepted: words(form.acr_accepted),
    siret_claim: form.siret_claim.trim(),
  }
}
