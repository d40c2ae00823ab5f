/** Weighs the build against the budgets of the project, and fails when one is exceeded. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

const DIST = 'dist'
const PACKED = new Set(['.woff2', '.png', '.webp', '.gz', '.br'])
const manifest = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8'))

/** Bytes that travel: gzip for what compresses, as it is for the rest. */
function weight(file) {
  const bytes = readFileSync(join(DIST, file))
  return PACKED.has(extname(file)) ? bytes.length : gzipSync(bytes, { level: 9 }).length
}

const sum = (files) => [...files].reduce((total, file) => total + weight(file), 0)

/** The keys of the manifest that load with `key`, and also what they may load later if `later`. */
function reach(key, later, seen = new Set()) {
  if (seen.has(key) || !manifest[key]) return seen
  seen.add(key)
  const { imports = [], dynamicImports = [] } = manifest[key]
  for (const next of later ? [...imports, ...dynamicImports] : imports) reach(next, later, seen)
  return seen
}

const files = (keys, kind) =>
  new Set(
    [...keys].flatMap((key) => (kind === 'js' ? [manifest[key].file] : (manifest[key].css ?? []))),
  )

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry && key.endsWith('.html'))
const reader = Object.keys(manifest).find((key) => key.endsWith('ReadDocumentRoute.svelte'))
const shell = reach(entry, false)
// Going back to another screen is not part of the reader: only what it alone brings.
const readerOnly = [...reach(reader, true)].filter((key) => !reach(entry, false).has(key))
const everything = readdirSync(DIST, { recursive: true, withFileTypes: true })
  .filter((one) => one.isFile())
  .map((one) => join(one.parentPath, one.name).slice(DIST.length + 1))
  .filter((file) => !file.startsWith('.vite') && !file.endsWith('.map'))
const worker = existsSync(join(DIST, 'service-worker.js')) ? ['service-worker.js'] : []

const lines = [
  ['shell, JavaScript', sum(files(shell, 'js')), 40_000],
  ['style sheets', sum(everything.filter((file) => file.endsWith('.css'))), 12_000],
  ['service worker', sum(worker), 3_000],
  ['reader', sum(files(readerOnly, 'js')), 240_000],
  ['whole install', sum(everything), 1_000_000],
]
for (const [name, bytes, budget] of lines) {
  const verdict = bytes <= budget ? 'ok' : 'TOO HEAVY'
  console.log(
    `${name.padEnd(18)} ${(bytes / 1000).toFixed(1).padStart(7)} kB gzip of ${budget / 1000} kB  ${verdict}`,
  )
}
if (lines.some(([, bytes, budget]) => bytes > budget)) process.exit(1)
