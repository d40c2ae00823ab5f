import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Plugin } from 'vite'

const FILE = resolve('src/i18n/fr.json')
const VIRTUAL = 'virtual:texts/'
const SOURCE = /\/src\/(?!i18n\/).*\.(svelte|ts)$/

function read(): Record<string, unknown> {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, unknown>
}

/**
 * Sends each top-level namespace of `fr.json` with the screens that speak it, so that a councillor
 * does not load the words of the desk: a file with a key such as 'desk.point.up' gets an import
 * that teaches `t` the namespace "desk".
 */
export function texts(): Plugin {
  return {
    name: 'texts',
    enforce: 'post',
    resolveId: (id) => (id.startsWith(VIRTUAL) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${VIRTUAL}`)) return undefined
      this.addWatchFile(FILE)
      const namespace = id.slice(VIRTUAL.length + 1)
      const body = JSON.stringify({ [namespace]: read()[namespace] })
      return `import { learn } from '/src/i18n/t.ts'\nlearn(${body})`
    },
    transform(code, id) {
      if (!SOURCE.test(id)) return undefined
      const spoken = Object.keys(read()).filter((namespace) =>
        new RegExp(`['"\`]${namespace}\\.[a-z$]`).test(code),
      )
      if (spoken.length === 0) return undefined
      // On the last line: what is above keeps its place in source maps. Imports run first anyway.
      const lessons = spoken.map((namespace) => `import '${VIRTUAL}${namespace}'`)
      return { code: `${code}\n${lessons.join('\n')}\n`, map: null }
    },
  }
}
