import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const server = process.env.CARTABLE_URL ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [svelte()],
  server: { host: '127.0.0.1', proxy: { '/api': server } },
  build: {
    target: ['safari18', 'chrome125', 'firefox140'],
    // The policy is `default-src 'self'`: no data: address, no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
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
