import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'

const home = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'))
const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
  version: string
}

/** Under the version: kept for ever by browsers, fetched anew when pdf.js changes. */
export const pdfjsBase = `pdfjs/${version}/`

const types: Record<string, string> = {
  wasm: 'application/wasm',
  svg: 'image/svg+xml',
  icc: 'application/vnd.iccprofile',
}

/** What the reader may ask for while it draws: served folder, folder in the package, which files. */
const folders: [served: string, from: string, which: RegExp][] = [
  // The decoders of scans and colours; the interpreter of PDF scripts stays out.
  ['wasm', 'wasm', /^(jbig2|openjpeg|qcms_bg)\.wasm$/],
  ['cmaps', 'cmaps', /\.bcmap$/],
  // The device draws the other standard fonts with its own.
  ['fonts', 'standard_fonts', /^Foxit(Symbol|Dingbats)\.pfb$/],
  ['iccs', 'iccs', /\.icc$/],
  ['images', 'legacy/web/images', /^annotation-.*\.svg$/],
]

/**
 * What is worth keeping on every device: without it a scan or a box to tick would be blank off
 * line. East Asian character maps (1.7 MB) are fetched by the rare paper that needs them, and so are
 * the profiles of printers' colours: pdf.js comes close without them.
 */
export function isKeptOffline(path: string): boolean {
  return !path.includes('pdfjs/') || /\/(wasm\/(?!qcms)|fonts\/)/.test(path)
}

function files(): { served: string; path: string }[] {
  return folders.flatMap(([served, from, which]) =>
    readdirSync(join(home, from))
      .filter((name) => which.test(name))
      .map((name) => ({ served: `${pdfjsBase}${served}/${name}`, path: join(home, from, name) })),
  )
}

/** Serves pdf.js's own data files from our origin, in development and in the build. */
export function pdfjsAssets(): Plugin {
  return {
    name: 'pdfjs-assets',
    configureServer(server) {
      const known = new Map(files().map(({ served, path }) => [`/${served}`, path]))
      server.middlewares.use((request, response, next) => {
        const path = known.get((request.url ?? '').split('?')[0] ?? '')
        if (!path || !existsSync(path)) return next()
        const type = types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
        response.setHeader('content-type', type)
        createReadStream(path).pipe(response)
      })
    },
    generateBundle() {
      for (const { served, path } of files()) {
        this.emitFile({ type: 'asset', fileName: served, source: readFileSync(path) })
      }
    },
  }
}
