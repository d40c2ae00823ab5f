import { membership } from '../accounts/account.svelte'
import type { MyAnswer } from '../attendance/answers'
import { mayAnswer, readAnswers } from '../attendance/attendance.svelte'
import { type Dossier, piecesOf, readDossier } from '../local/dossier'
import type { Assembly, Authority, Sitting } from '../local/kinds'
import { type Live, live } from '../local/live.svelte'
import { readSeen, type Seen } from '../local/places'
import { type Readiness, readiness } from '../local/readiness'
import { countUnder, readRow, readRows } from '../local/rows'
import type { StoredFile } from '../local/schema'
import type { Store } from '../local/store'
import { readReadingsOf } from '../readings/readings.svelte'
import { openHeld, readAllFiles } from '../sync/held.svelte'
import { isComing } from '../sync/wanted'
import { type Change, changesOf } from './changes'

/** Where I am with a sitting to come. */
export interface Where {
  /** The one in force first; null when I am not asked. */
  answers: MyAnswer[] | null
  civility: string | undefined
  /** Where reading goes on, on whatever tablet it stopped. */
  resume: { document: string; title: string; page: number; pages: number } | undefined
}

/** A sitting in the list. `dossier` and `mine` are read for those to come only. */
export interface Listed {
  authority: Authority
  assembly: Assembly | undefined
  sitting: Sitting
  items: number
  dossier: Dossier | null
  seen: Seen | undefined
  mine: Where | null
}

export interface Lists {
  coming: Listed[]
  past: Listed[]
  /** Some authority has been read at least once. */
  known: boolean
}

async function whereIn(store: Store, dossier: Dossier | null): Promise<Where | null> {
  if (!dossier) return null
  const me = membership(store.authority)?.member_id
  const [answers, { last }, member] = await Promise.all([
    mayAnswer(store.authority) ? readAnswers(store, dossier.sitting) : null,
    readReadingsOf(store, dossier),
    me ? readRow(store, 'member', me) : undefined,
  ])
  const piece = piecesOf(dossier).find(({ document }) => document.id === last?.document)
  const resume =
    last && piece
      ? { document: last.document, title: piece.document.title, page: last.page, pages: last.pages }
      : undefined
  return { answers, civility: member?.civility, resume }
}

async function listed(store: Store, now: number): Promise<Listed[]> {
  const [[authority], assemblies, sittings] = await Promise.all([
    readRows(store, 'authority'),
    readRows(store, 'assembly'),
    readRows(store, 'sitting'),
  ])
  if (!authority) return []
  const convened = sittings.filter(({ state }) => state === 'convened')
  return Promise.all(
    convened.map(async (sitting): Promise<Listed> => {
      const comes = isComing(sitting, now)
      const [items, dossier, seen] = await Promise.all([
        countUnder(store, 'agenda_item', sitting.id),
        comes ? readDossier(store, sitting.id) : null,
        comes ? readSeen(store, sitting.id) : undefined,
      ])
      const mine = await whereIn(store, dossier)
      const assembly = assemblies.find(({ id }) => id === sitting.assembly_id)
      return { authority, assembly, sitting, items, dossier, seen, mine }
    }),
  )
}

/** Sittings of every authority of the account: those to come, soonest first, and the past ones. */
export function liveSittings(): { readonly value: Lists | undefined } {
  return live(['rows', 'outbox', 'places', 'authorities'], async () => {
    const stores = await openHeld()
    const now = Date.now()
    const all = (await Promise.all(stores.map((store) => listed(store, now)))).flat()
    const known = (await Promise.all(stores.map(({ db }) => db.count('rows')))).some((n) => n > 0)
    all.sort((a, b) => a.sitting.starts_at.localeCompare(b.sitting.starts_at))
    return {
      coming: all.filter(({ sitting }) => isComing(sitting, now)),
      past: all.filter(({ sitting }) => !isComing(sitting, now)).reverse(),
      known,
    }
  })
}

export function liveFiles(): Live<Map<string, StoredFile>> {
  return live(['files', 'authorities'], readAllFiles)
}

export function readinessOf(
  { dossier }: Listed,
  files: Map<string, StoredFile> | undefined,
): Readiness | undefined {
  return dossier && files ? readiness(dossier, files) : undefined
}

export function changesIn({ dossier, seen }: Listed): Change[] {
  return dossier ? changesOf(dossier, seen) : []
}

export function hrefOf({ authority, sitting }: { authority: Authority; sitting: Sitting }): string {
  return `/seances/${authority.id}/${sitting.id}`
}
