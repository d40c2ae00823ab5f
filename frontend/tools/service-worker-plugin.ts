import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin, type ResolvedConfig, type Rolldown } from 'vite'

/** Hashed by Vite, or under the version of a library. */
const isNamedByContent = /^\/(assets|pdfjs)\//

/** `integrity` as browsers check it: what is kept is what was built, or nothing is. */
function integrity(source: string | Uint8Array): string {
  return `sha256-${createHash('sha256').update(source).digest('base64')}`
}

function publicFiles(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .map((path) => [path.slice(folder.length).replaceAll('\\', '/'), integrity(readFileSync(path))])
}

const isDesk = (chunk: Rolldown.OutputChunk) =>
  chunk.moduleIds.some((id) => /\/src\/[^/]+\/desk\//.test(id))

/**
 * The scripts that only the desks load. They work on line, so no tablet has to carry them: what is
 * kept is what can be reached from the entry without entering a screen of a desk.
 */
function deskOnly(bundle: Rolldown.OutputBundle): Set<string> {
  const carried = new Set<string>()
  const walk = (name: string, lazily: boolean) => {
    const chunk = bundle[name]
    if (chunk?.type !== 'chunk' || carried.has(name) || (lazily && isDesk(chunk))) return
    carried.add(name)
    for (const next of chunk.imports) walk(next, false)
    for (const next of chunk.dynamicImports) walk(next, true)
  }
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
  for (const chunk of chunks) if (chunk.isEntry) walk(chunk.fileName, false)
  return new Set(
    chunks.map((one) => `/${one.fileName}`).filter((path) => !carried.has(path.slice(1))),
  )
}

/**
 * Builds `entry` into `/service-worker.js`, with the list of every file of the application that
 * `isKept` and a version made of their hashes.
 */
export function serviceWorker(entry: string, isKept: (path: string) => boolean): Plugin {
  let config: ResolvedConfig
  return {
    name: 'service-worker',
    apply: 'build',
    enforce: 'post',
    configResolved(resolved) {
      config = resolved
    },
    async generateBundle(_options, bundle) {
      const built = Object.values(bundle).map((file): [string, string] => [
        `/${file.fileName}`,
        integrity(file.type === 'chunk' ? file.code : file.source),
      ])
      const online = deskOnly(bundle)
      const all = [...built, ...publicFiles(config.publicDir)]
        .filter(([path]) => isKept(path) && !online.has(path) && !/\.map$|^\/\.vite\//.test(path))
        .sort(([a], [b]) => (a < b ? -1 : 1))
      const version = createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 16)
      const named = all.map(([path]) => path).filter((path) => isNamedByContent.test(path))
      const plain = all.filter(([path]) => !isNamedByContent.test(path))
      const made = await build({
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        define: { SHELL: JSON.stringify({ version, named, plain }) },
        build: {
          write: false,
          target: config.build.target,
          // Not 'es': Vite leaves the spaces of modules.
          lib: { entry, formats: ['iife'], name: 'worker', fileName: 'service-worker' },
        },
      })
      const [output] = Array.isArray(made) ? made : [made]
      const chunk = output && 'output' in output ? output.output[0] : undefined
      if (!chunk) this.error('the service worker came out empty')
      this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: chunk.code })
    },
  }
}
