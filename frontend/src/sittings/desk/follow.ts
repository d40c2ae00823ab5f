import { OURS, send } from '../../api/api'

const SOON_MS = 1_000
const CALM_MS = 10_000

interface Following {
  authority: string
  /** True while something is being checked on the server. */
  isHurried: () => boolean
  /** Something has changed in the authority: another clerk, or the check of a file. */
  onchange: () => Promise<void>
  /** After each question: whether the server answered. */
  onanswer: (isThere: boolean) => void
}

/**
 * Asks the server now and then whether anything has changed; a hidden window asks nothing.
 * Returns how to stop.
 */
export function follow({ authority, isHurried, onchange, onanswer }: Following): () => void {
  const stop = new AbortController()
  const { signal } = stop
  let etag = ''
  let askedAt = 0
  let isAsking = false

  async function ask(): Promise<void> {
    if (isAsking || document.hidden) return
    isAsking = true
    askedAt = Date.now()
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(CALM_MS)])
      const headers = { ...OURS, ...(etag && { 'If-None-Match': etag }) }
      const url = `/api/authorities/${authority}/sync/head`
      const response = await send(url, { headers, signal: limit }, signal)
      onanswer(true)
      if (response.ok) {
        const isFirst = etag === ''
        etag = response.headers.get('ETag') ?? ''
        if (!isFirst) await onchange()
      }
    } catch {
      if (!signal.aborted) onanswer(false)
    } finally {
      isAsking = false
    }
  }

  // Whether to hurry may change at any moment: the clock is looked at each second.
  const timer = setInterval(() => {
    if (isHurried() || Date.now() - askedAt >= CALM_MS) void ask()
  }, SOON_MS)
  document.addEventListener('visibilitychange', () => void ask(), { signal })
  addEventListener('online', () => void ask(), { signal })
  void ask()
  return () => {
    stop.abort()
    clearInterval(timer)
  }
}
