import { OURS, type Refusal, refused, Unreachable } from '../../api/api'
import type { DeskDocument } from './shapes'

const HEAD = 1024

/**
 * What is wrong with a file before a byte of it leaves, as the code the server would answer.
 * `file_gone`: the file was moved, or lives in a cloud that does not give it.
 */
export async function faultOf(file: File): Promise<string | null> {
  if (file.size === 0) return 'empty_file'
  try {
    const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer())
    return new TextDecoder('latin1').decode(head).includes('%PDF-') ? null : 'not_a_pdf'
  } catch {
    return 'file_gone'
  }
}

/**
 * Sends the bytes of a PDF; `fetch` cannot tell how far it is, hence the older way.
 * Throws `Refusal` or `Unreachable`, or an `AbortError` when `signal` says to stop.
 */
export function sendFile(
  url: string,
  file: Blob,
  signal: AbortSignal,
  onprogress: (sent: number) => void,
): Promise<DeskDocument> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', url)
    request.setRequestHeader('Content-Type', 'application/pdf')
    request.setRequestHeader('Accept', 'application/json')
    for (const [name, value] of Object.entries(OURS)) request.setRequestHeader(name, value)
    request.upload.onprogress = (event) => onprogress(event.loaded)
    request.onload = () => {
      const answer = read(request)
      if (answer instanceof Error) reject(answer)
      else resolve(answer)
    }
    request.onerror = () => reject(new Unreachable())
    request.ontimeout = () => reject(new Unreachable('timeout'))
    request.onabort = () => reject(new DOMException('', 'AbortError'))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}

function read(request: XMLHttpRequest): DeskDocument | Refusal | Unreachable {
  const { status } = request
  let body: unknown
  try {
    body = JSON.parse(request.responseText)
  } catch {
    return new Unreachable(status >= 500 ? 'network' : 'captive_portal')
  }
  if (status >= 200 && status < 300) return body as DeskDocument
  // A server that stops or is overloaded is a cut like another: the file goes again by itself.
  if (status >= 500 || status === 429) return new Unreachable()
  const headers = { 'Retry-After': request.getResponseHeader('Retry-After') ?? '' }
  return refused(new Response(null, { status, headers }), body)
}
