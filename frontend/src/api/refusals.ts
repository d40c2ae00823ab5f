import { duration } from '../i18n/numbers'
import { hasText, type Params, t } from '../i18n/t'

/** The server understood and said no: RFC 9457 problem details, with our `code` and `details`. */
export class Refusal extends Error {
  override name = 'Refusal'
  constructor(
    readonly code: string,
    readonly status: number,
    readonly details: Readonly<Record<string, unknown>> = {},
    /** Seconds to wait before another try, when the server says so. */
    readonly retryAfter?: number,
  ) {
    super(code)
    void learnRefusals()
  }
}

/** No answer of ours came back: no network, a cut, or the page of a hotel's Wi-Fi. */
export class Unreachable extends Error {
  override name = 'Unreachable'
  constructor(readonly reason: 'network' | 'captive_portal' | 'timeout' = 'network') {
    super(reason)
  }
}

/** Brings the words of every refusal: many, and most people meet none. The shell does without. */
export async function learnRefusals(): Promise<void> {
  await import('./words').catch(() => undefined)
}

/** What went wrong, as a sentence for a person. Never a code alone. */
export function inWords(error: unknown): string {
  if (error instanceof Unreachable) {
    return t(error.reason === 'captive_portal' ? 'errors.captive_portal' : 'errors.unreachable')
  }
  if (!(error instanceof Refusal)) return t('errors.unknown', { code: String(error) })
  // Not written as one literal: that would bring those words here.
  const key = ['errors', error.code].join('.')
  const because = `${key}_because`
  if (error.details.reason && hasText(because)) return t(because, params(error))
  if (hasText(key)) return t(key, params(error))
  if (error.status === 429) return t('errors.too_many_attempts', params(error))
  return t(error.status >= 500 ? 'errors.server' : 'errors.unknown', { code: error.code })
}

function params(refusal: Refusal): Params {
  const simple = Object.entries(refusal.details).filter(
    (entry): entry is [string, string | number] => ['string', 'number'].includes(typeof entry[1]),
  )
  const wait = duration(refusal.retryAfter ?? Number(refusal.details.retry_after ?? 30))
  return { code: refusal.code, wait, ...Object.fromEntries(simple) }
}
