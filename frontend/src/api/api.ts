import { learnRefusals, Refusal, Unreachable } from './refusals'

export { inWords, Refusal, Unreachable } from './refusals'

/** The header without which the server refuses every deed: another site cannot send it. */
export const OURS = { 'X-Cartable': '1' }

/** For the question « who is there? », which any account may answer. */
export const ANYBODY = { headers: { 'X-Cartable': '1' } } as const

/**
 * From now on every request of this window names the account it works for. The cookie is common to
 * all windows: the server refuses when somebody else has signed in from another one.
 */
export function speakFor(account: string): void {
  OURS['X-Cartable'] = account
}

interface Options {
  query?: Record<string, string | number | boolean | undefined>
  signal?: AbortSignal
  headers?: Record<string, string>
  /** Milliseconds before an answer that does not come counts as unreachable. */
  patience?: number
  /** Media type of a file wanted in place of JSON: it comes as a `Blob`. */
  file?: string
}

const PATIENCE_MS = 20_000
const GONE = new Set(['not_signed_in', 'another_account', 'device_signed_out', 'revoked'])

type Listener = (refusal: Refusal) => void
const signedOutListeners = new Set<Listener>()

/** Calls `listener` whenever the server no longer knows this device. Returns how to stop. */
export function onSignedOut(listener: Listener): () => void {
  signedOutListeners.add(listener)
  return () => signedOutListeners.delete(listener)
}

let prove: ((begun: number) => Promise<boolean>) | undefined

/**
 * `ask` has the person confirm who they are when the server wants it (`proof_needed`), and tells
 * whether they did: then the request is sent once more. `begun`: when the person wanted the deed,
 * as `performance.now()` says.
 */
export function onProofNeeded(ask: (begun: number) => Promise<boolean>): void {
  prove = ask
}

/** The JSON interface. Each call gives the answer's body, or throws `Refusal` or `Unreachable`. */
export const api = {
  get: <T>(path: string, options?: Options) => ask<T>('GET', path, undefined, options),
  post: <T = void>(path: string, body?: unknown, options?: Options) =>
    ask<T>('POST', path, body, options),
  put: <T = void>(path: string, body?: unknown, options?: Options) =>
    ask<T>('PUT', path, body, options),
  patch: <T = void>(path: string, body?: unknown, options?: Options) =>
    ask<T>('PATCH', path, body, options),
  delete: <T = void>(path: string, options?: Options) => ask<T>('DELETE', path, undefined, options),
}

async function ask<T>(method: string, path: string, body: unknown, options: Options = {}) {
  const begun = performance.now()
  const attempt = async () => {
    const init = request(method, body, options)
    const answer = await send(address(path, options.query), init, options.signal)
    return (await read(answer, options.file)) as T
  }
  try {
    return await attempt()
  } catch (error) {
    const asked = error instanceof Refusal && error.code === 'proof_needed'
    if (!asked || !(await prove?.(begun))) throw error
    return await attempt()
  }
}

function request(method: string, body: unknown, options: Options): RequestInit {
  const headers: Record<string, string> = {
    Accept: options.file ? `${options.file}, application/json` : 'application/json',
    ...OURS,
    ...options.headers,
  }
  const init: RequestInit = { method, headers, signal: patience(options) }
  if (body instanceof FormData || body instanceof Blob) init.body = body
  else if (body !== undefined) {
    headers['Content-Type'] = 'application/json'
    init.body = JSON.stringify(body)
  }
  return init
}

/**
 * One request to the server, for callers that read bytes or ranges themselves.
 * A refusal of the server comes back as a response, not as an error.
 */
export async function send(
  url: string,
  init: RequestInit,
  caller?: AbortSignal,
): Promise<Response> {
  try {
    // A redirection is never ours: it is a hotel's Wi-Fi asking for a room number.
    return await fetch(url, { redirect: 'error', credentials: 'same-origin', ...init })
  } catch (error) {
    if (caller?.aborted) throw error
    throw new Unreachable((error as Error).name === 'TimeoutError' ? 'timeout' : 'network')
  }
}

async function read(response: Response, file?: string): Promise<unknown> {
  if (response.status === 204 && response.ok) return undefined
  const type = response.headers.get('Content-Type') ?? ''
  if (file && response.ok && type.startsWith(file)) return response.blob()
  if (!/^application\/(problem\+)?json\b/.test(type)) {
    // Behind a proxy, a server that is starting answers 502 in HTML: no answer of ours either.
    throw new Unreachable(response.status >= 500 ? 'network' : 'captive_portal')
  }
  const body: unknown = await response.json().catch(() => {
    throw new Unreachable('network')
  })
  if (response.ok) return body
  await learnRefusals()
  throw refused(response, body)
}

/** The refusal in a response that is not ok; tells the listeners when the device is signed out. */
export function refused(response: Response, body: unknown): Refusal {
  const { code, details } = (body ?? {}) as { code?: string; details?: Record<string, unknown> }
  const after = Number.parseInt(response.headers.get('Retry-After') ?? '', 10)
  const refusal = new Refusal(
    code ?? `http_${response.status}`,
    response.status,
    details ?? {},
    Number.isFinite(after) ? after : undefined,
  )
  if (GONE.has(refusal.code)) for (const listener of signedOutListeners) listener(refusal)
  return refusal
}

function patience(options: Options): AbortSignal {
  const limit = AbortSignal.timeout(options.patience ?? PATIENCE_MS)
  return options.signal ? AbortSignal.any([options.signal, limit]) : limit
}

function address(path: string, query: Options['query'] = {}): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(key, String(value))
  }
  const text = search.toString()
  return text ? `${path}?${text}` : path
}
