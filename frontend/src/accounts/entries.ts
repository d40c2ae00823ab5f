import { t } from '../i18n/t'
import type { Entry } from '../ui/Shell.svelte'
import { having, type Me, reads } from './me'

/**
 * What the navigation offers to a person, on the screen at `path`. One entry for each of their
 * works; the administration opens into its own screens when it is where they are, or all they do.
 * With several authorities, a desk stays in the one being worked on.
 */
export function entries(me: Me, path: string): Entry[] {
  const [area, chosen] = path.split('/').slice(1)
  const here = me.memberships.some((one) => one.authority.id === chosen) ? chosen : undefined
  const list: Entry[] = []
  if (reads(me)) {
    const current = path === '/' || area === 'seances'
    list.push({ href: '/', label: t('nav.sittings'), icon: 'calendar', current })
  }
  const clerk = authority(me, 'clerk', here)
  if (clerk) {
    const href = `/secretariat/${clerk}`
    list.push({ href, label: t('nav.desk'), icon: 'tray', current: area === 'secretariat' })
  }
  const admin = authority(me, 'admin', here)
  if (admin) {
    const opened = area === 'administration' || list.length === 0
    list.push(...(opened ? administration(admin, path) : [closed(admin)]))
  }
  if (me.account.is_operator) {
    const href = '/hebergement'
    list.push({ href, label: t('nav.hosting'), icon: 'cloud', current: path === href })
  }
  const href = '/compte'
  return [...list, { href, label: t('nav.account'), icon: 'user', current: path === href }]
}

function authority(me: Me, role: 'clerk' | 'admin', here: string | undefined): string | undefined {
  const all = having(me, role).map((one) => one.authority.id)
  return all.find((id) => id === here) ?? all[0]
}

function closed(id: string): Entry {
  const href = `/administration/${id}`
  return { href, label: t('nav.administration'), icon: 'users', current: false }
}

function administration(id: string, path: string): Entry[] {
  const base = `/administration/${id}`
  const screens = [
    { href: base, label: t('nav.members'), icon: 'users' },
    { href: `${base}/assemblees`, label: t('nav.assemblies'), icon: 'assembly' },
    { href: `${base}/groupes`, label: t('nav.groups'), icon: 'flag' },
    { href: `${base}/journal`, label: t('nav.journal'), icon: 'list' },
    { href: `${base}/reglages`, label: t('nav.settings'), icon: 'settings' },
  ] as const
  return screens.map((screen) => ({ ...screen, current: path === screen.href }))
}
