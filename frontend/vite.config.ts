import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { leanSheets } from './tools/lean-nesting.ts'
import { isKeptOffline, pdfjsAssets } from './tools/pdfjs-assets.ts'
import { leanPdfjs } from './tools/pdfjs-lean.ts'
import { serviceWorker } from './tools/service-worker-plugin.ts'
import { texts } from './tools/texts-plugin.ts'

// Node 20 has no Map.groupBy, and vitest 5 needs it to print a failure.
Map.groupBy ??= <K, T>(items: Iterable<T>, keyOf: (item: T, index: number) => K) => {
  const groups = new Map<K, T[]>()
  let index = 0
  for (const item of items) {
    const key = keyOf(item, index++)
    groups.set(key, [...(groups.get(key) ?? []), item])
  }
  return groups
}

const server = process.env.CARTABLE_URL ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [
    svelte(),
    texts(),
    pdfjsAssets(),
    leanPdfjs(),
    leanSheets(),
    serviceWorker('src/service-worker.ts', isKeptOffline),
  ],
  server: { host: '127.0.0.1', proxy: { '/api': server } },
  worker: { format: 'es', plugins: () => [leanPdfjs()] },
  build: {
    target: ['safari18', 'ios18', 'chrome125', 'firefox140'],
    // The policy is `default-src 'self'`: no data: address, no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One sheet: it compresses better than a score of crumbs, and no screen waits for its own.
    cssCodeSplit: false,
    manifest: true,
    // pdf.js is one piece; `npm run weight` holds the budgets.
    chunkSizeWarningLimit: 800,
    reportCompressedSize: false,
  },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  test: {
    include: ['src/**/*.test.ts', 'tools/**/*.test.ts'],
    environment: 'node',
    setupFiles: ['tools/test-setup.ts'],
    restoreMocks: true,
  },
})
