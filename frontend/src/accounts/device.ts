import type { IconName } from '../ui/icons'

export type Platform = 'ipad' | 'iphone' | 'android' | 'computer'

interface Browser {
  userAgent: string
  maxTouchPoints: number
}

/** What this browser runs on. An iPad says it is a Mac, but a Mac has no touch screen. */
export function platform({ userAgent, maxTouchPoints }: Browser): Platform {
  if (/iPhone|iPod/.test(userAgent)) return 'iphone'
  if (/iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)) return 'ipad'
  return /Android/.test(userAgent) ? 'android' : 'computer'
}

/** A name to recognise the device by in a list, which the person may change. */
export function deviceName(browser: Browser): string {
  const { userAgent } = browser
  switch (platform(browser)) {
    case 'ipad':
      return 'iPad'
    case 'iphone':
      return 'iPhone'
    case 'android':
      return /Mobile/.test(userAgent) ? 'Téléphone Android' : 'Tablette Android'
    default:
      return `Ordinateur ${system(userAgent)}`.trim()
  }
}

function system(userAgent: string): string {
  if (/Windows/.test(userAgent)) return 'Windows'
  if (/Macintosh/.test(userAgent)) return 'Mac'
  return /Linux|X11/.test(userAgent) ? 'Linux' : ''
}

/** The picture of a device, guessed from the name it goes by. */
export function deviceIcon(name: string): IconName {
  if (/t[ée]l[ée]phone|iphone|mobile/i.test(name)) return 'phone'
  return /ordinateur|portable|pc|mac|bureau/i.test(name) ? 'screen' : 'tablet'
}
