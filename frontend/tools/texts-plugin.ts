import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Plugin } from 'vite'

const FILE = resolve('src/i18n/fr.json')
const VIRTUAL = 'virtual:texts/'
const SOURCE = /\/src\/(?!i18n\/).*\.(svelte|ts)$/

type Node = string | { [key: string]: Node }

function read(): Record<string, Node> {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Node>
}

/** The part of `node` whose keys begin with one of `beginnings`; undefined when there is none. */
export function pick(node: Node, beginnings: string[], path = ''): Node | undefined {
  if (beginnings.some((one) => path.startsWith(one))) return node
  if (typeof node === 'string') return undefined
  const kept = Object.entries(node).flatMap(([key, below]): [string, Node][] => {
    const picked = pick(below, beginnings, path ? `${path}.${key}` : key)
    return picked === undefined ? [] : [[key, picked]]
  })
  return kept.length > 0 ? Object.fromEntries(kept) : undefined
}

/** Beginnings of keys spoken by `code`: 'errors.' of `errors.${code}`, 'ui.close' of 'ui.close'. */
function spoken(code: string, namespaces: string[]): string[] {
  const literal = new RegExp(`['"\`]((?:${namespaces.join('|')})\\.(?:[a-z][\\w.]*|(?=\\$)))`, 'g')
  const all = [...new Set([...code.matchAll(literal)].map((one) => one[1] ?? ''))].sort()
  return all.filter((one) => !all.some((other) => other !== one && one.startsWith(other)))
}

/**
 * Sends each text of `fr.json` with the files that speak it, so that a councillor does not load
 * the words of the desk, nor the shell those of every screen: a file with keys that begin by
 * literals such as 'desk.point.up' gets an import that teaches them to `t`.
 */
export function texts(): Plugin {
  return {
    name: 'texts',
    enforce: 'post',
    resolveId: (id) => (id.startsWith(VIRTUAL) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${VIRTUAL}`)) return undefined
      this.addWatchFile(FILE)
      const body = pick(read(), id.slice(VIRTUAL.length + 1).split('+'))
      return `import { learn } from '/src/i18n/t.ts'\nlearn(${JSON.stringify(body ?? {})})`
    },
    transform(code, id) {
      if (!SOURCE.test(id)) return undefined
      const beginnings = spoken(code, Object.keys(read()))
      if (beginnings.length === 0) return undefined
      // A whole namespace is shared between files; single texts are cheaper twice than apart.
      const whole = beginnings.filter((one) => one.endsWith('.'))
      const single = beginnings.filter((one) => !one.endsWith('.'))
      const lessons = [...whole, single.join('+')].filter(Boolean)
      // On the last line: what is above keeps its place in source maps. Imports run first anyway.
      const taught = lessons.map((one) => `import '${VIRTUAL}${one}'`)
      return { code: `${code}\n${taught.join('\n')}\n`, map: null }
    },
  }
}
