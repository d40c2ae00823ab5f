import { api } from '../api/api'
import { save } from '../ui/save'

/** Asks for the copy of one's data and hands it to the browser; the proof is asked on the way. */
export async function saveMyData(): Promise<void> {
  const wanted = { file: 'application/zip', patience: 300_000 }
  const file = await api.post<Blob>('/api/export', undefined, wanted)
  save(file, `mes-donnees-cartable-${new Date().toISOString().slice(0, 10)}.zip`)
}
