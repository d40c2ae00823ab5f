import type { Dossier } from '../local/dossier'
import { readDossier } from '../local/dossier'
import { readFiles } from '../local/files'
import { live } from '../local/live.svelte'
import { readiness } from '../local/readiness'
import { readRows } from '../local/rows'
import type { StoredFile } from '../local/schema'
import { NotHeld, openStore, type Store } from '../local/store'
import type { Held } from './line'
import { sync } from './shared.svelte'
import { isComing, isKept, toKeep } from './wanted'

/** The stores that are on this tablet, in the order of the account's authorities. */
export async function openHeld(): Promise<Store[]> {
  const { account, authorities } = sync
  const opened = await Promise.all(
    authorities.map(({ id }) =>
      openStore(account, id).catch((error: unknown) => {
        if (error instanceof NotHeld) return null
        throw error
      }),
    ),
  )
  return opened.filter((store): store is Store => store !== null)
}

async function coming(store: Store): Promise<Dossier[]> {
  const now = Date.now()
  const sittings = (await readRows(store, 'sitting')).filter(
    (one) => isKept(one, now) && isComing(one, now),
  )
  const dossiers = await Promise.all(sittings.map(({ id }) => readDossier(store, id)))
  return dossiers.filter((one): one is Dossier => one !== null)
}

export async function readAllFiles(): Promise<Map<string, StoredFile>> {
  const maps = await Promise.all((await openHeld()).map(readFiles))
  return new Map(maps.flatMap((files) => [...files]))
}

/** Coming dossiers of every authority whose papers are kept, with how much of each is here. */
export function liveHeld(): { readonly value: Held[] | undefined } {
  const dossiers = live(['rows', 'authorities'], async () => {
    const keeps = new Set(sync.authorities.filter((one) => one.keeps).map(({ id }) => id))
    const stores = (await openHeld()).filter(({ authority }) => keeps.has(authority))
    return toKeep((await Promise.all(stores.map(coming))).flat(), Date.now())
  })
  const files = live(['files', 'authorities'], readAllFiles)
  const held = $derived.by(() => {
    const [all, here] = [dossiers.value, files.value]
    return all && here && all.map((one) => ({ sitting: one.sitting, ...readiness(one, here) }))
  })
  return {
    get value() {
      return held
    },
  }
}
