import { account } from '../accounts/account.svelte'
import { t } from '../i18n/t'

/** « Je suis concernée », as one says it of who is signed in. */
export function concerned(): string {
  return account.me?.account.civility === 'Mme'
    ? t('votes.concerned.feminine')
    : t('votes.concerned.masculine')
}
