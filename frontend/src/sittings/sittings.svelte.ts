import { type Dossier, readDossier } from '../local/dossier'
import type { Assembly, Authority, Sitting } from '../local/kinds'
import { live } from '../local/live.svelte'
import { readSeen, type Seen } from '../local/places'
import { type Readiness, readiness } from '../local/readiness'
import { countUnder, readRows } from '../local/rows'
import type { StoredFile } from '../local/schema'
import type { Store } from '../local/store'
import { openHeld, readAllFiles } from '../sync/held.svelte'
import { isComing } from '../sync/wanted'
import { type Change, changesOf } from './changes'

/** A sitting in the list. `dossier` is read for those to come only. */
export interface Listed {
  authority: Authority
  assembly: Assembly | undefined
  sitting: Sitting
  items: number
  dossier: Dossier | null
  seen: Seen | undefined
}

export interface Lists {
  coming: Listed[]
  past: Listed[]
  /** Some authority has been read at least once. */
  known: boolean
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
      const assembly = assemblies.find(({ id }) => id === sitting.assembly_id)
      return { authority, assembly, sitting, items, dossier, seen }
    }),
  )
}

/** Sittings of every authority of the account: those to come, soonest first, and the past ones. */
export function liveSittings(): { readonly value: Lists | undefined } {
  return live(['rows', 'places', 'authorities'], async () => {
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

export function liveFiles(): { readonly value: Map<string, StoredFile> | undefined } {
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
