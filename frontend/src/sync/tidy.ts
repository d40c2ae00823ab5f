import { eraseFiles, readFiles } from '../local/files'
import { forgetPlaces } from '../local/places'
import { readRows } from '../local/rows'
import type { Store } from '../local/store'
import { referenced } from './wanted'

/**
 * After a full pull, what no row names any more leaves the tablet: papers withdrawn, put in camera
 * or of a sitting that may not be read, and the reading marks that go with them.
 */
export async function tidy(store: Store): Promise<void> {
  const [versions, documents, sittings, files] = await Promise.all([
    readRows(store, 'document_version'),
    readRows(store, 'document'),
    readRows(store, 'sitting'),
    readFiles(store),
  ])
  const present = new Set(documents.map(({ id }) => id))
  // A version whose document left the view must not keep its file.
  const named = referenced(versions.filter(({ document_id }) => present.has(document_id)))
  const orphans = [...files.keys()].filter((sha256) => !named.has(sha256))
  if (orphans.length > 0) await eraseFiles(store, orphans)
  await forgetPlaces(store, present, new Set(sittings.map(({ id }) => id)))
}
