import { list } from '../i18n/numbers'
import { type Key, t } from '../i18n/t'
import type { Role } from './me'

/** A role as it is said of a person: « conseillère », « conseiller », or both when unknown. */
export function roleInWords(role: Role, civility: string): string {
  const ending = civility === 'Mme' ? 'f' : civility === 'M.' ? 'm' : 'any'
  return t(`accounts.roles.${role}.${ending}` satisfies Key)
}

/** « Conseillère et secrétariat des assemblées » */
export function rolesInWords(roles: Role[], civility: string): string {
  const words = list(roles.map((role) => roleInWords(role, civility)))
  return words.charAt(0).toUpperCase() + words.slice(1)
}
