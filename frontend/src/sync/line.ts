import { dayOfYear } from '../i18n/dates'
import { size as bytesInWords, duration } from '../i18n/numbers'
import { t } from '../i18n/t'
import type { Sitting } from '../local/kinds'
import type { Readiness } from '../local/readiness'
import type { IconName } from '../ui/icons'
import type { Tone } from '../ui/tone'
import type { Progress } from './downloads'
import type { Standing } from './shared.svelte'

/** How much of one dossier is on the tablet. */
export interface Held extends Readiness {
  sitting: Sitting
}

export interface Situation {
  supported: boolean
  standings: Standing[]
  progress: Progress
  /** Dossiers that should be here, the next sitting first; undefined until they were counted. */
  dossiers: Held[] | undefined
  /** The dossier on the screen, when there is one. */
  shown?: Held | undefined
  /** Papers that are here stay closed before a word with the server. */
  isShut?: boolean
}

/** Changes that the server has not answered to yet. */
export function unsent(standings: Pick<Standing, 'pending' | 'pushed'>[]): number {
  return standings.reduce((sum, { pending, pushed }) => sum + Math.max(0, pending - pushed), 0)
}

export interface Line {
  tone: Tone
  icon: IconName
  text: string
  action: 'retry' | 'reload' | 'sign_in' | 'pause' | 'resume' | null
}

/** « jeudi 10 décembre » without its weekday, as people say a date in a sentence. */
function dayOf({ starts_at, time_zone }: Sitting): string {
  return dayOfYear(starts_at, time_zone).replace(/^\S+ /, '')
}

function offline({ dossiers, standings, isShut }: Situation): Line {
  const say = (text: string): Line => ({ tone: 'warn', icon: 'offline', text, action: 'retry' })
  const waiting = unsent(standings)
  const more = waiting > 0 ? t('sync.and_unsent', { n: waiting }) : ''
  const lacking = dossiers?.find(({ pieces, ready }) => ready < pieces)
  if (lacking) {
    const n = lacking.pieces - lacking.ready
    return say(t('sync.offline_missing', { n, day: dayOf(lacking.sitting), more }))
  }
  if (isShut) return say(t('sync.offline_shut', { more }))
  const empty = dossiers?.length === 0 && standings.every(({ settled }) => !settled)
  return say(t(empty ? 'sync.offline_empty' : 'sync.offline', { more }))
}

function missing(all: Held[]): { pieces: number; ready: number; left: number } {
  const sum = (of: (one: Held) => number) => all.reduce((total, one) => total + of(one), 0)
  return {
    pieces: sum(({ pieces }) => pieces),
    ready: sum(({ ready }) => ready),
    left: sum(({ size, held }) => size - held),
  }
}

/** Seconds still needed; undefined while nobody can tell. */
export function secondsLeft(left: number, rate: number): number | undefined {
  return rate > 0 && left > 0 ? left / rate : undefined
}

function downloading(lacking: Held[], { rate }: Progress): Line {
  const { pieces, ready, left } = missing(lacking)
  const seconds = secondsLeft(left, rate)
  const text = seconds
    ? t('sync.downloading_left', { n: ready, pieces, left: duration(seconds) })
    : t('sync.downloading', { n: ready, pieces })
  return { tone: 'brand', icon: 'download', text, action: 'pause' }
}

const TROUBLES = {
  not_signed_in: ['warn', 'lock', 'sign_in'],
  too_old: ['warn', 'download', 'reload'],
  disk: ['bad', 'alert', 'retry'],
  busy: ['warn', 'clock', 'retry'],
  suspended: ['warn', 'lock', 'retry'],
  refused: ['warn', 'alert', 'retry'],
} as const

/** The one sentence on top of every screen: what most needs to be known, and what to do. */
export function lineOf(situation: Situation): Line {
  const { supported, standings, progress, dossiers, shown } = situation
  if (!supported) return { tone: 'bad', icon: 'alert', text: t('sync.unsupported'), action: null }
  const has = (trouble: string) => standings.some((one) => one.trouble === trouble)
  const lacking = dossiers?.filter(({ pieces, ready }) => ready < pieces) ?? []
  const [first] = lacking
  const waiting = unsent(standings)
  const and = (text: string) => (waiting > 0 ? `${text} ${t('sync.unsent', { n: waiting })}` : text)
  for (const trouble of ['not_signed_in', 'too_old', 'disk'] as const) {
    const [tone, icon, action] = TROUBLES[trouble]
    if (has(trouble)) return { tone, icon, text: and(t(`sync.${trouble}`)), action }
  }
  if (first && (progress.stopped === 'full' || has('full'))) {
    const size = bytesInWords(first.size - first.held)
    const text = t('sync.full', { size, day: dayOf(first.sitting) })
    return { tone: 'bad', icon: 'alert', text: and(text), action: 'retry' }
  }
  if (has('full')) return { tone: 'bad', icon: 'alert', text: and(t('sync.disk')), action: 'retry' }
  if (has('unreachable')) return offline(situation)
  for (const trouble of ['suspended', 'busy', 'refused'] as const) {
    const [tone, icon, action] = TROUBLES[trouble]
    if (has(trouble)) return { tone, icon, text: and(t(`sync.${trouble}`)), action }
  }
  if (first && progress.stopped === 'unreachable') return offline(situation)
  if (first && progress.stopped === 'paused') {
    const { pieces, ready } = missing(lacking)
    return {
      tone: 'warn',
      icon: 'clock',
      text: t('sync.paused', { n: ready, pieces }),
      action: 'resume',
    }
  }
  if (first && progress.running) return downloading(lacking, progress)
  if (waiting > 0) {
    return { tone: 'brand', icon: 'send', text: t('sync.unsent', { n: waiting }), action: null }
  }
  if (!dossiers || standings.some(({ settled }) => !settled)) {
    return { tone: 'brand', icon: 'retry', text: t('sync.updating'), action: null }
  }
  if (first) {
    const n = first.pieces - first.ready
    const text = t('sync.missing', { n, day: dayOf(first.sitting) })
    return { tone: 'warn', icon: 'alert', text, action: 'retry' }
  }
  const whole = shown && shown.pieces > 0 && shown.ready === shown.pieces
  const text = whole
    ? t('sync.up_to_date_dossier', { size: bytesInWords(shown.size) })
    : t('sync.up_to_date')
  return { tone: 'ok', icon: 'cloud', text, action: null }
}
