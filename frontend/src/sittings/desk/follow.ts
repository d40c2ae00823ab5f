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
  let timer: ReturnType<typeof setTimeout> | undefined
  let isAsking = false

  async function ask(): Promise<void> {
    if (isAsking || document.hidden) return
    isAsking = true
    clearTimeout(timer)
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(SOON_MS * 10)])
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
      if (!signal.aborted) timer = setTimeout(ask, isHurried() ? SOON_MS : CALM_MS)
    }
  }

  document.addEventListener('visibilitychange', () => void ask(), { signal })
  addEventListener('online', () => void ask(), { signal })
  void ask()
  return () => {
    stop.abort()
    clearTimeout(timer)
  }
}
