import { describe, expect, it } from 'vitest'
import { placeByName } from './placing'
import type { DocumentKind } from './shapes'
import { cleanTitle } from './titles'

const AGENDA = [
  { id: 'heading', number: null, title: 'Finances' },
  { id: 'one', number: 1, title: 'Approbation du procès-verbal de la séance du 12 novembre 2026' },
  { id: 'two', number: 2, title: 'Subventions aux associations pour 2027' },
  { id: 'three', number: 3, title: 'Garantie d’emprunt : résidence des Tilleuls' },
  { id: 'twelve', number: 12, title: 'Cession d’un terrain communal, rue du Moulin' },
]

function read(fileName: string): [string | null, DocumentKind, string] {
  const placed = placeByName(fileName, AGENDA)
  return [placed.itemId, placed.kind, cleanTitle(placed.rest)]
}

describe('a file is placed by its name', () => {
  it.each<[string, string | null, DocumentKind, string]>([
    ['03_rapport.pdf', 'three', 'report', 'Rapport'],
    ['3-annexe-2.pdf', 'three', 'annex', 'Annexe 2'],
    ['3.2_annexe contrat de pret.PDF', 'three', 'annex', 'Annexe contrat de prêt'],
    [
      'point 3 - projet de délibération.pdf',
      'three',
      'draft_deliberation',
      'Projet de délibération',
    ],
    ['Point n°12 Plan cadastral.pdf', 'twelve', 'annex', 'Plan cadastral'],
    ['02_projet-de-deliberation_vf.pdf', 'two', 'draft_deliberation', 'Projet de délibération'],
    ['2bis_Tableau des subventions.pdf', 'two', 'annex', 'Tableau des subventions'],
    ['rapport-12.pdf', 'twelve', 'report', 'Rapport 12'],
    ['annexe 2 point 3.pdf', 'three', 'annex', 'Annexe 2 point 3'],
    ['DELIB_03.pdf', 'three', 'draft_deliberation', 'Projet de délibération 03'],
    ['01_PV.pdf', 'one', 'minutes', 'Procès-verbal'],
    ['03.pdf', 'three', 'other', ''],
    ['03_note_de_synthese.pdf', 'three', 'summary_note', 'Note de synthèse'],
    ['03_ETAT DE LA DETTE (1).pdf', 'three', 'other', 'État de la dette'],
    ['3_2027 previsions.pdf', 'three', 'other', '2027 previsions'],
  ])('%s, by its number', (fileName, item, kind, title) => {
    expect(read(fileName)).toEqual([item, kind, title])
  })

  it.each<[string, string | null, DocumentKind, string]>([
    ['convocation.pdf', null, 'convocation', 'Convocation'],
    ['01 - Convocation du 3 décembre.pdf', null, 'convocation', 'Convocation du 3 décembre'],
    ['02_ODJ.pdf', null, 'agenda', 'Ordre du jour'],
    ['00_note_de_synthese.pdf', null, 'summary_note', 'Note de synthèse'],
  ])('%s, for the whole sitting', (fileName, item, kind, title) => {
    expect(read(fileName)).toEqual([item, kind, title])
    expect(placeByName(fileName, AGENDA).isPlaced).toBe(true)
  })

  it.each<[string, string, DocumentKind]>([
    ['Garantie emprunt Tilleuls.pdf', 'three', 'other'],
    ['cession-terrain-rue-du-moulin.pdf', 'twelve', 'other'],
    ['PV du 12 novembre 2026.pdf', 'one', 'minutes'],
    ['compte-rendu_2026-11-12.pdf', 'one', 'minutes'],
  ])('%s, by the words of the item', (fileName, item, kind) => {
    expect(read(fileName).slice(0, 2)).toEqual([item, kind])
  })

  it.each([
    '2026-12-03_dossier.pdf',
    '03-12-2026 dossier.pdf',
    '3 décembre 2026 dossier.pdf',
    '20261203_dossier.pdf',
    'annexe 2.pdf',
    '3e trimestre.pdf',
    '12 % de hausse.pdf',
    '45_rapport.pdf',
    'scan0003.pdf',
    '2027 budget.pdf',
    'Rapport rue.pdf',
  ])('%s tells nothing sure and stays with the whole sitting', (fileName) => {
    const placed = placeByName(fileName, AGENDA)
    expect([placed.itemId, placed.isPlaced]).toEqual([null, false])
  })

  it('keeps a number that is no item of the agenda in the title', () => {
    expect(read('45_rapport.pdf')).toEqual([null, 'report', '45 rapport'])
  })

  it('reads names written by a Mac, whose accents are apart', () => {
    expect(read('03_délibération.pdf'.normalize('NFD'))[1]).toBe('draft_deliberation')
  })
})

describe('a title is cleaned', () => {
  it.each([
    ['rapport_d_orientation_budgetaire', 'Rapport d’orientation budgétaire'],
    ["etat-de-l'endettement", 'État de l’endettement'],
    ['RAPPORT AU CONSEIL', 'Rapport au conseil'],
    ['PLU', 'PLU'],
    ['Annexe 1 - état de la dette', 'Annexe 1, état de la dette'],
    ['convention_v3_def', 'Convention'],
    ['Contrat Saint-Rémy - copie', 'Contrat Saint-Rémy'],
    ['annexe-1_dossiers des associations', 'Annexe 1 dossiers des associations'],
    ['vf', 'Vf'],
    ['comptes 2026-2027', 'Comptes 2026-2027'],
  ])('%s', (name, title) => {
    expect(cleanTitle(name)).toBe(title)
  })
})
