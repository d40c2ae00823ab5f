import { api, inWords } from '../../api/api'
import { toast } from '../../ui/toasts.svelte'

/** Saves the table of members as a file, or says why not. */
export async function exportMembers(base: string): Promise<void> {
  try {
    const wanted = { file: 'text/csv', patience: 60_000 }
    const file = await api.post<Blob>(`${base}/members/export`, undefined, wanted)
    const link = document.createElement('a')
    link.href = URL.createObjectURL(file)
    link.download = 'membres.csv'
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  } catch (error) {
    toast(inWords(error), { icon: 'alert' })
  }
}
