import { describe, expect, it } from 'vitest'
import { activity, more, sentence } from './sentence'
import type { JournalLine } from './shapes'

const line = (event: string, rest: Partial<JournalLine> = {}): JournalLine => ({
  position: 1,
  at: '2026-11-22T18:30:00Z',
  event,
  who: 'Claire Petit',
  subject_id: null,
  details: {},
  names: {},
  is_erased: false,
  ...rest,
})
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

describe('a line of the journal', () => {
  it('says who did what, to what', () => {
    const called = line('sitting.convened', { details: { day: '2026-12-03' } })
    expect(plain(sentence(called))).toBe('Claire Petit a convoqué la séance du 3 décembre 2026')
    const added = line('member.added', { subject_id: 'm', names: { m: 'Ève Lefèvre' } })
    expect(plain(sentence(added))).toBe('Claire Petit a ajouté Ève Lefèvre aux membres')
  })
  it('tells what was erased instead of leaving a hole', () => {
    const gone = line('document.uploaded', { is_erased: true })
    expect(plain(sentence(gone))).toBe('Claire Petit a déposé la pièce « (détails effacés) »')
    expect(more(gone).map(plain)).toEqual(['Détails effacés avec le compte de la personne.'])
  })
  it('names the host and the night when no member acted', () => {
    expect(plain(sentence(line('authority.suspended', { who: '' })))).toContain('L’hébergeur')
    const old = line('sittings.archived', { who: '', details: { count: 2 } })
    expect(plain(sentence(old))).toMatch(/^Cartable a retiré .* \(2\)$/)
  })
  it('says a reason, an answer and limits beside the sentence', () => {
    expect(more(line('document.withdrawn', { details: { reason: 'Erreur' } })).map(plain)).toEqual([
      'Motif : Erreur.',
    ])
    const answer = line('call.answered', { details: { answer: 'excused', is_late: true } })
    expect(more(answer).map(plain)).toHaveLength(2)
    const quota = line('authority.quota_changed', { details: { megabytes: 500 } })
    expect(plain(more(quota)[0] ?? '')).toContain('500 Mo')
  })
  it('says which setting changed, from what to what', () => {
    const said = (details: JournalLine['details']) =>
      more(line('setting.changed', { details })).map(plain)
    expect(said({ setting: 'population', after: 860 })).toEqual(['Population : vide → 860'])
    expect(said({ setting: 'directory_shows_emails', before: true, after: false })).toEqual([
      'Adresses montrées dans l’annuaire : oui → non',
    ])
    expect(said({ setting: 'novelty', before: 1, after: 2 })).toEqual(['novelty : 1 → 2'])
  })
  it('still says something of an event that it does not know', () => {
    expect(sentence(line('thing.happened'))).toContain('thing.happened')
  })
})

describe('the activity of an account', () => {
  it('says the way in and the device', () => {
    const at = '2026-11-22T18:30:00Z'
    const one = {
      at,
      event: 'account.signed_in',
      device: 'Tablette',
      details: { method: 'passkey' },
    }
    expect(activity(one).map(plain)).toEqual(['Connexion par clé d’accès', 'sur Tablette'])
  })
})
