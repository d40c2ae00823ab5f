import { describe, expect, it } from 'vitest'
import type { Sitting } from '../local/kinds'
import { type Held, lineOf, type Situation } from './line'
import { STILL } from './shared.svelte'

const sitting = {
  id: 's',
  starts_at: '2026-12-10T18:00:00Z',
  time_zone: 'Europe/Paris',
  state: 'convened',
} as Sitting
const whole: Held = { sitting, pieces: 12, ready: 12, size: 84e6, held: 84e6 }
const lacking: Held = { ...whole, ready: 10, held: 49e6 }
const sent = { pending: 0, pushed: 0 }
const well = { phase: 'resting', trouble: null, settled: true, ...sent } as const
const cut = { phase: 'waiting', trouble: 'unreachable', settled: false, ...sent } as const
const calm: Situation = {
  supported: true,
  standings: [well],
  progress: STILL,
  dossiers: [whole],
}

/** The sentence, with plain spaces. */
function said(change: Partial<Situation>): string {
  return lineOf({ ...calm, ...change }).text.replace(/[\u00a0\u202f]/g, ' ')
}

describe('the sentence on top of every screen', () => {
  it('says that all is well, and how much is here', () => {
    expect(said({})).toBe('À jour.')
    expect(said({ shown: whole })).toBe('À jour. Tout le dossier est sur cette tablette (84 Mo).')
    expect(lineOf(calm)).toMatchObject({ tone: 'ok', action: null })
  })

  it('never says so while something is missing', () => {
    expect(said({ dossiers: [lacking] })).toBe(
      '2 pièces manquent encore pour la séance du 10 décembre.',
    )
    expect(said({ dossiers: undefined })).toBe('Mise à jour en cours…')
    expect(said({ standings: [{ ...well, settled: false }] })).toBe('Mise à jour en cours…')
  })

  it('tells what is missing off line, or that nothing is', () => {
    expect(said({ standings: [cut] })).toBe('Hors ligne : tout est sur la tablette.')
    expect(said({ standings: [well, cut], dossiers: [whole, lacking] })).toBe(
      'Hors ligne : 2 pièces manquent pour la séance du 10 décembre.',
    )
    expect(said({ standings: [cut], dossiers: [{ ...lacking, ready: 11 }] })).toBe(
      'Hors ligne : 1 pièce manque pour la séance du 10 décembre.',
    )
    expect(said({ standings: [cut], dossiers: [] })).toBe(
      'Hors ligne : vos séances arriveront au retour du réseau.',
    )
    expect(said({ standings: [cut], dossiers: [], isShut: true })).toBe(
      'Hors ligne : les papiers attendent le retour du réseau.',
    )
  })

  it('tells what is still to be sent, on line and off, and no more once it was answered to', () => {
    const writing = { ...well, pending: 4, pushed: 1 }
    expect(said({ standings: [writing] })).toBe('3 modifications à envoyer.')
    expect(said({ standings: [{ ...well, pending: 2, pushed: 2 }] })).toBe('À jour.')
    const gone = { ...cut, pending: 1 }
    expect(said({ standings: [gone] })).toBe(
      'Hors ligne : tout est sur la tablette, 1 modification à envoyer.',
    )
    expect(said({ standings: [gone, { ...cut, pending: 2 }], dossiers: [lacking] })).toBe(
      'Hors ligne : 2 pièces manquent pour la séance du 10 décembre, 3 modifications à envoyer.',
    )
    expect(said({ standings: [{ ...gone, trouble: 'not_signed_in' }] })).toBe(
      'Votre connexion a pris fin. Connectez-vous pour recevoir la suite. 1 modification à envoyer.',
    )
  })

  it('follows a download, with the time left once it is known', () => {
    const progress = { running: true, rate: 0, stopped: null }
    expect(said({ dossiers: [whole, lacking], progress })).toBe(
      'Téléchargement : 10 pièces sur 12.',
    )
    expect(said({ dossiers: [lacking], progress: { ...progress, rate: 5e5 } })).toBe(
      'Téléchargement : 10 pièces sur 12, encore 1 min environ.',
    )
    expect(lineOf({ ...calm, dossiers: [lacking], progress }).action).toBe('pause')
    const paused = { ...progress, running: false, stopped: 'paused' as const }
    expect(lineOf({ ...calm, dossiers: [lacking], progress: paused })).toMatchObject({
      action: 'resume',
      tone: 'warn',
    })
  })

  it('names what only the person can mend, before anything else', () => {
    const full = { running: false, rate: 0, stopped: 'full' as const }
    expect(said({ dossiers: [lacking], progress: full, standings: [cut] })).toBe(
      'La tablette est pleine : il manque 35 Mo pour la séance du 10 décembre. Libérez de la place, puis réessayez.',
    )
    const out = { ...cut, trouble: 'not_signed_in' } as const
    expect(lineOf({ ...calm, standings: [cut, out] }).action).toBe('sign_in')
    const busy = { ...cut, trouble: 'busy' } as const
    expect(lineOf({ ...calm, standings: [busy] }).action).toBe('retry')
    expect(said({ supported: false })).toContain('https')
  })
})
