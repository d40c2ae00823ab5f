import { t } from '../i18n/t'
import { platform } from './device'

const DISMISSED = 'cartable.install.dismissed'

/** Chromium's own offer to install, kept until the person asks for it. */
interface InstallOffer extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>
}

let offer: InstallOffer | undefined

/** What this device calls it. */
export function installTitle(): string {
  const isComputer = platform(navigator) === 'computer'
  return t(isComputer ? 'accounts.install.title_computer' : 'accounts.install.title')
}

/** To be called when the page opens: the browser makes its offer once, early. */
export function listenForInstall(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    offer = event as InstallOffer
  })
}

/** True when the application was opened from the Home Screen. */
export function isInstalled(): boolean {
  const old = (navigator as { standalone?: boolean }).standalone === true
  return old || matchMedia('(display-mode: standalone), (display-mode: fullscreen)').matches
}

/** Whether the browser lets a button of ours do it. */
export function canInstall(): boolean {
  return offer !== undefined
}

/** Shows the browser's own question. True when the person accepted. */
export async function install(): Promise<boolean> {
  const asked = offer
  offer = undefined
  return (await asked?.prompt())?.outcome === 'accepted'
}

/** Whether to explain it after a sign-in: on a tablet or a telephone, once. */
export function shouldExplainInstall(): boolean {
  return platform(navigator) !== 'computer' && !isInstalled() && !localStorage.getItem(DISMISSED)
}

export function dismissInstall(): void {
  localStorage.setItem(DISMISSED, '1')
}
