import { inWords, OURS, refused, send } from '../../api/api'
import { toast } from '../../ui/toasts.svelte'

/** Saves the table of members as a file, or says why not. */
export async function exportMembers(base: string): Promise<void> {
  try {
    const answer = await send(`${base}/members/export`, { method: 'POST', headers: { ...OURS } })
    if (!answer.ok) throw refused(answer, await answer.json())
    const link = document.createElement('a')
    link.href = URL.createObjectURL(await answer.blob())
    link.download = 'membres.csv'
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  } catch (error) {
    toast(inWords(error), { icon: 'alert' })
  }
}
