import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'
import { pdfjsAssets } from '../../tools/pdfjs-assets.ts'
import { leanPdfjs } from '../../tools/pdfjs-lean.ts'
import { texts } from '../../tools/texts-plugin.ts'
import { sendRange } from './send-range.ts'

const here = import.meta.dirname
const frontend = resolve(here, '../..')
const corpus = process.env.CORPUS ?? resolve(here, '../../../../shared/corpus')

/** The policy of the real server, so that what it would refuse is refused here. */
const policy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
].join('; ')

function papers(): Plugin {
  return {
    name: 'papers',
    configurePreviewServer(server) {
      server.middlewares.use((request, response, next) => {
        response.setHeader('content-security-policy', policy)
        const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '')
        if (path === '/corpus/') {
          const list = readdirSync(corpus)
            .filter((file) => file.endsWith('.pdf'))
            .map((file) => ({ file, size: statSync(join(corpus, file)).size }))
          response.setHeader('content-type', 'application/json')
          response.end(JSON.stringify(list))
        } else if (/^\/corpus\/[\w.-]+\.pdf$/.test(path)) {
          sendRange(join(corpus, path.slice('/corpus/'.length)), request, response)
        } else next()
      })
    },
  }
}

export default defineConfig({
  root: frontend,
  plugins: [svelte(), texts(), pdfjsAssets(), leanPdfjs(), papers()],
  worker: { format: 'es', plugins: () => [leanPdfjs()] },
  build: {
    outDir: process.env.HARNESS_OUT ?? resolve(here, 'dist'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ['safari18', 'chrome125', 'firefox140'],
    rollupOptions: {
      input: [
        resolve(here, 'index.html'),
        resolve(here, 'bare.html'),
        resolve(here, 'measures.html'),
      ],
    },
  },
  preview: { host: '127.0.0.1' },
})
