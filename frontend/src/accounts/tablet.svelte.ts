import { forgetNotifications } from '../notifications/opened'
import { account, onGoodbye, refreshAccount } from './account.svelte'
import { reads } from './me'

// The first screen does not wait for what fills the tablet; a clerk's never needs most of it.
const following = () => import('../sync/follow')

/** A membership ended, or this device was signed out: the server says which. */
function askAgain(): void {
  void refreshAccount()
}

/** Brings the papers of whoever is signed in to this tablet, and takes them away with the account. */
export function bindTablet(): void {
  onGoodbye(async (why, me) => {
    void forgetNotifications().catch(() => undefined)
    const { forgetAccount, partFrom, stopFollowing } = await following()
    if (why === 'expired') stopFollowing()
    else await (why === 'signed_out' ? forgetAccount : partFrom)(me.account.id)
  })
  $effect.root(() => {
    $effect(() => {
      const { known, me } = account
      if (known && !me) void following().then(({ resumeParting }) => resumeParting())
      if (!me || me.device.is_extra) return
      const followed = me.memberships.map((one) => ({
        id: one.authority.id,
        // A desk reads on line: only those who carry papers have them downloaded.
        keeps: reads({ ...me, memberships: [one] }),
      }))
      const id = me.account.id
      const mine = { id: me.device.id, proof: me.wipe_proof }
      void following().then(({ followAccount, onOver }) => {
        onOver(askAgain)
        return followAccount(id, followed, mine)
      })
    })
  })
}
