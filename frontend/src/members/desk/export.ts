import { api, inWords } from '../../api/api'
import { save } from '../../ui/save'
import { toast } from '../../ui/toasts.svelte'

/** Saves the table of members as a file, or says why not. */
export async function exportMembers(base: string): Promise<void> {
  try {
    const wanted = { file: 'text/csv', patience: 60_000 }
    save(await api.post<Blob>(`${base}/members/export`, undefined, wanted), 'membres.csv')
  } catch (error) {
    toast(inWords(error), { icon: 'alert' })
  }
}
