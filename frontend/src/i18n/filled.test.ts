import { describe, expect, it } from 'vitest'
import fr from './fr.json'

/** Every source of the interface, as text. */
const sources = import.meta.glob<string>(['../**/*.svelte', '../**/*.ts', '!../**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
})
/** `t('a.key', { name: …, other })`: calls whose parameters are written there, none inside another. */
const CALL = /\bt\(\s*'([\w.]+)',\s*\{([^{}]*)\}/g
const NAME = /(?:^|,)\s*(\w+)\s*(?=[:,]|$)/g

function texts(key: string): string[] {
  let node: unknown = fr
  for (const step of key.split('.')) node = (node as Record<string, unknown> | undefined)?.[step]
  return typeof node === 'string' ? [node] : Object.values((node ?? {}) as Record<string, string>)
}

function holes(source: string): string[] {
  return [...source.matchAll(CALL)].flatMap(([, key = '', given = '']) => {
    if (given.includes('...')) return []
    const names = new Set([...given.matchAll(NAME)].map(([, name]) => name))
    const wanted = texts(key).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)])
    return wanted.filter(([, name = '']) => !names.has(name)).map(([hole]) => `${key} ${hole}`)
  })
}

describe('the parameters of texts', () => {
  it('are given where a text has a place for them', () => {
    const found = Object.entries(sources).flatMap(([file, text]) =>
      holes(text).map((hole) => `${file}: ${hole}`),
    )
    expect(Object.keys(sources).length).toBeGreaterThan(300)
    expect(found).toEqual([])
  })
  it('are missed when one is not given', () => {
    expect(
      holes("t('hosting.health.version', { version, schema, base: health.database })"),
    ).toEqual(['hosting.health.version {database}'])
  })
})
