import { followAccount, forgetAccount, stopFollowing } from '../sync/follow'
import { account, onGoodbye } from './account.svelte'
import { reads } from './me'

/** Brings the papers of whoever is signed in to this tablet, and takes them away with the account. */
export function bindTablet(): void {
  onGoodbye((why, me) => (why === 'expired' ? stopFollowing() : forgetAccount(me.account.id)))
  $effect.root(() => {
    $effect(() => {
      const { me } = account
      if (!me || me.account.must_change_password) return
      const followed = me.memberships.map((one) => ({
        id: one.authority.id,
        // A desk reads on line: only those who carry papers have them downloaded.
        keeps: reads({ ...me, memberships: [one] }),
      }))
      void followAccount(me.account.id, followed)
    })
  })
}
