import type { Schemas } from '../../api/types'

export type HostedAuthority = Schemas['HostedAuthority']
export type SupportView = Schemas['SupportView']
export type Health = Schemas['Health']
export type HealthPart = Schemas['HealthPart']

export const BASE = '/api/hosting'
export const KINDS = ['commune', 'epci', 'departement', 'region', 'syndicat', 'ccas'] as const
export type Act = 'support' | 'quota' | 'suspend' | 'reopen'
