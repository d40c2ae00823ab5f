import { createReadStream, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Sends a file, or the one range asked. */
export function sendRange(path: string, request: IncomingMessage, response: ServerResponse): void {
  const { size } = statSync(path)
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
  const start = range ? Number(range[1]) : 0
  const end = range ? Math.min(Number(range[2]), size - 1) : size - 1
  response.statusCode = range ? 206 : 200
  response.setHeader('content-type', 'application/pdf')
  response.setHeader('accept-ranges', 'bytes')
  response.setHeader('content-length', end - start + 1)
  if (range) response.setHeader('content-range', `bytes ${start}-${end}/${size}`)
  createReadStream(path, { start, end }).pipe(response)
}
