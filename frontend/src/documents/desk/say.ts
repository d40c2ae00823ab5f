import { inWords, Refusal as ServerRefusal } from '../../api/api'
import { size } from '../../i18n/numbers'
import { hasText, type Params, t } from '../../i18n/t'
import type { Refusal } from './queue'
import type { DocumentKind } from './shapes'

/** Why a file cannot be a piece, and what to do: two sentences from a code of the server. */
export function refusalInWords({ code, details }: Refusal): { title: string; help: string } {
  const key = `desk.refusals.${code}`
  const params: Params = {}
  for (const [name, value] of Object.entries(details)) {
    if (typeof value === 'string') params[name] = value
    if (typeof value === 'number') params[name] = name === 'limit' ? size(value) : value
  }
  const title = `${key}.title`
  const help = `${key}.help`
  if (hasText(title) && hasText(help)) return { title: t(title, params), help: t(help, params) }
  return { title: t('desk.refusals.other'), help: inWords(new ServerRefusal(code, 422, details)) }
}

/** What a flag means for those who will read, and what to do about it. */
export function flagInWords(code: string): { short: string; title: string; help: string } {
  const read = (part: string) => {
    const key = `desk.flags.${code}.${part}`
    return hasText(key) ? t(key) : code
  }
  return { short: read('short'), title: read('title'), help: read('help') }
}

export function kindName(kind: DocumentKind): string {
  return t(`kinds.document.${kind}`)
}
