/** Weighs the build against the budgets of the project, and fails when one is exceeded. */
import { readdirSync, readFileSync } from 'node:fs'
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
function reach(key, later, seen = new Set(), known = new Set()) {
  if (seen.has(key) || known.has(key) || !manifest[key]) return seen
  seen.add(key)
  const { imports = [], dynamicImports = [] } = manifest[key]
  for (const next of later ? [...imports, ...dynamicImports] : imports)
    reach(next, later, seen, known)
  return seen
}

const scripts = (keys) => new Set([...keys].map((one) => manifest[one].file))

const key = (end) => Object.keys(manifest).find((one) => one.endsWith(end))
const shell = reach(key('index.html'), false)
const dossier = reach(key('DossierRoute.svelte'), false)
// A paper is opened from its dossier: the reader weighs what it brings beyond that.
const reader = reach(
  key('ReadDocumentRoute.svelte'),
  true,
  new Set(),
  new Set([...shell, ...dossier]),
)

const dist = readdirSync(DIST, { recursive: true, withFileTypes: true })
  .filter((one) => one.isFile())
  .map((one) => join(one.parentPath, one.name).slice(DIST.length + 1))
const sheets = dist.filter((file) => file.endsWith('.css'))
const worker = 'service-worker.js'
const list = readFileSync(join(DIST, worker), 'utf8')
// A path of the list stands between quotes of any sort or commas.
const kept = dist.filter((file) =>
  new RegExp(`["'\`,]/${file.replaceAll('.', '\\.')}["'\`,]`).test(list),
)

const lines = [
  ['shell, JavaScript', sum(scripts(shell)), 40_000],
  ['style sheets', sum(sheets), 12_000],
  ['service worker', weight(worker), 3_000],
  ['reader', sum(scripts(reader)), 240_000],
  ['whole install', sum(new Set([...kept, worker, 'index.html'])), 1_000_000],
]
for (const [name, bytes, budget] of lines) {
  const verdict = bytes <= budget ? 'ok' : 'TOO HEAVY'
  console.log(
    `${name.padEnd(18)} ${(bytes / 1000).toFixed(1).padStart(7)} kB gzip of ${budget / 1000} kB  ${verdict}`,
  )
}
if (lines.some(([, bytes, budget]) => bytes > budget)) process.exit(1)
