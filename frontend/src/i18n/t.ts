import type fr from './fr.json'
import { typeset } from './typeset'

interface Plural {
  one: string
  other: string
}
type Text = string | Plural

/** Every key of `fr.json`, as "accounts.sign_in.title". */
export type Key = Keys<typeof fr>
type Keys<T> = {
  [K in keyof T & string]: T[K] extends Text ? K : `${K}.${Keys<T[K]>}`
}[keyof T & string]

export type Params = Record<string, string | number>

const plural = new Intl.PluralRules('fr')
const number = new Intl.NumberFormat('fr')
interface Texts {
  [key: string]: string | Texts
}
const texts: Texts = {}
const found = new Map<string, Text>()

/** Adds parts of `fr.json`; `tools/texts-plugin.ts` has each file bring what it speaks. */
export function learn(parts: Texts): void {
  merge(texts, parts)
}

function merge(into: Texts, parts: Texts): void {
  for (const [key, part] of Object.entries(parts)) {
    const known = into[key]
    if (typeof part === 'object' && typeof known === 'object') merge(known, part)
    else into[key] = part
  }
}

/**
 * The French text of a key. `{name}` takes the parameter of that name; a text with a singular and
 * a plural chooses by the parameter `n`.
 */
export function t(key: Key, params: Params = {}): string {
  const text = look(key)
  if (text === undefined) return key
  return fill(typeof text === 'string' ? text : choose(text, params.n), params)
}

/** True when `fr.json` has a text under this key: for keys that come from the server. */
export function hasText(key: string): key is Key {
  return look(key) !== undefined
}

function look(key: string): Text | undefined {
  const known = found.get(key)
  if (known !== undefined) return known
  let node: unknown = texts
  for (const step of key.split('.')) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, step)) return undefined
    node = (node as Record<string, unknown>)[step]
  }
  if (!isText(node)) return undefined
  const text =
    typeof node === 'string'
      ? typeset(node)
      : { one: typeset(node.one), other: typeset(node.other) }
  found.set(key, text)
  return text
}

function isText(node: unknown): node is Text {
  if (typeof node === 'string') return true
  return typeof node === 'object' && node !== null && 'one' in node && typeof node.one === 'string'
}

// French has the singular for 0, 1 and 1,5; a "many" for millions, which reads as the plural here.
function choose(text: Plural, n: string | number | undefined): string {
  return plural.select(Number(n)) === 'one' ? text.one : text.other
}

function fill(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = params[name]
    if (value === undefined) return hole
    return typeof value === 'number' ? number.format(value) : value
  })
}
