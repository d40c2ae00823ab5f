import { hasText, type Key, t } from '../../i18n/t'
import { typeset } from '../../i18n/typeset'

/**
 * A sentence about an assembly: « Préparer le conseil municipal ». The article goes by the first
 * word of the name; a name that starts otherwise is put after a colon.
 */
export function about(key: Key, assembly: string): string {
  const article = `desk.articles.${assembly.split(' ')[0]?.toLowerCase()}`
  if (!hasText(article)) return typeset(t(key, { assembly: `: ${assembly}` }))
  const name = assembly.charAt(0).toLowerCase() + assembly.slice(1)
  return t(key, { assembly: t(article, { assembly: name }) })
}
