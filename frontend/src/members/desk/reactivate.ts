import { fullName } from '../../accounts/me'
import { api, inWords } from '../../api/api'
import { t } from '../../i18n/t'
import { toast } from '../../ui/toasts.svelte'
import type { MemberLine } from './shapes'

/** Opens a member's access again; says so, or why not. */
export async function reactivate(
  base: string,
  member: MemberLine,
  onsaved: (member: MemberLine) => void,
): Promise<void> {
  try {
    onsaved(await api.post<MemberLine>(`${base}/members/${member.id}/reactivate`))
    toast(t('members.reactivated', { name: fullName(member) }), { icon: 'check' })
  } catch (error) {
    toast(inWords(error), { icon: 'alert' })
  }
}
