import type { Role } from '../../accounts/me'
import { t } from '../../i18n/t'
import { phoneInWords } from '../phone'
import type { MemberLine } from './shapes'

/** What an administrator writes of a person. */
export interface Draft {
  civility: string
  first_name: string
  last_name: string
  position: string
  phone: string
  roles: Role[]
  /** Empty for no group. */
  group_id: string
}

export type Faults = Partial<Record<'first_name' | 'last_name' | 'email' | 'roles', string>>

export function emptyDraft(): Draft {
  return {
    civility: '',
    first_name: '',
    last_name: '',
    position: '',
    phone: '',
    roles: ['councillor'],
    group_id: '',
  }
}

export function draftOf(member: MemberLine): Draft {
  const { civility, first_name, last_name, position, roles, group_id } = member
  return {
    civility,
    first_name,
    last_name,
    position,
    phone: phoneInWords(member.phone),
    roles: [...roles],
    group_id: group_id ?? '',
  }
}

/** What is missing or wrong, in words; nothing when the draft can be sent. */
export function faultsOf(draft: Draft, email?: string): Faults {
  const faults: Faults = {}
  if (!draft.first_name.trim()) faults.first_name = t('members.form.first_name_missing')
  if (!draft.last_name.trim()) faults.last_name = t('members.form.last_name_missing')
  if (draft.roles.length === 0) faults.roles = t('members.form.role_missing')
  const wrong = email === undefined ? undefined : emailFault(email.trim())
  if (wrong) faults.email = wrong
  return faults
}

function emailFault(email: string): string | undefined {
  if (!email) return t('members.form.email_missing')
  if (!email.includes('@')) return t('members.form.email_no_at')
  const [name, domain = ''] = email.split('@')
  if (!name || /\s/.test(email) || email.split('@').length > 2) return t('members.form.email_wrong')
  return /\.[^.]+$/.test(domain) ? undefined : t('members.form.email_no_end')
}

/** The draft as the wire wants it. */
export function sent(draft: Draft) {
  return {
    ...draft,
    first_name: draft.first_name.trim(),
    last_name: draft.last_name.trim(),
    position: draft.position.trim(),
    phone: draft.phone.trim(),
    group_id: draft.group_id || null,
  }
}
