import { api } from '../api/api'

/** Asks for the copy of one's data and hands it to the browser; the proof is asked on the way. */
export async function saveMyData(): Promise<void> {
  const wanted = { file: 'application/zip', patience: 300_000 }
  const file = await api.post<Blob>('/api/export', undefined, wanted)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = `mes-donnees-cartable-${new Date().toISOString().slice(0, 10)}.zip`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
