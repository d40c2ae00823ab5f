import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { fillMissing, type Scope } from './missing'

/** Of core-js, all that the legacy build of pdf.js brings to the files we use. */
const FILLED = [
  'es.iterator.constructor',
  'es.iterator.filter',
  'es.iterator.find',
  'es.iterator.some',
  'es.iterator.to-array',
  'es.map.get-or-insert',
  'es.map.get-or-insert-computed',
  'es.math.sum-precise',
  'es.promise.try',
  'es.uint8-array.to-hex',
  'es.weak-map.get-or-insert',
  'es.weak-map.get-or-insert-computed',
  'web.url.parse',
]
/** In every browser we serve; core-js mends old faults of theirs. */
const EVERYWHERE = [
  'es.array.includes',
  'es.array.push',
  'es.json.parse',
  'es.json.stringify',
  'es.set.difference.v2',
  'es.set.intersection.v2',
  'es.set.is-disjoint-from.v2',
  'es.set.is-subset-of.v2',
  'es.set.is-superset-of.v2',
  'es.set.symmetric-difference.v2',
  'es.set.union.v2',
  'es.typed-array.with',
  'web.dom-exception.stack',
  'web.self',
]
/** Taken for another method of the same name, or met only in what `pdfjs-lean` leaves out. */
const UNMET = [
  'es.iterator.drop',
  'es.iterator.every',
  'es.iterator.flat-map',
  'es.iterator.for-each',
  'es.iterator.map',
  'es.iterator.take',
  'es.regexp.escape',
  'es.uint8-array.from-base64',
  'es.uint8-array.set-from-base64',
  'es.uint8-array.set-from-hex',
  'es.uint8-array.to-base64',
]
const LEGACY = [
  'build/pdf.mjs',
  'build/pdf.worker.mjs',
  'build/pdf.renderer.mjs',
  'web/pdf_viewer.mjs',
]

/** A browser that has none of it. */
const bare = () => ({
  Iterator: { prototype: {} },
  Map: { prototype: {} },
  Math: {},
  Promise: {},
  Response: { prototype: {} },
  Uint8Array: { prototype: {} },
  URL: {},
  WeakMap: { prototype: {} },
})

type Bag = Record<string, (...args: unknown[]) => unknown>

function on(target: object, name: string, self: unknown, ...args: unknown[]): unknown {
  return (target as Bag)[name]?.apply(self, args)
}

const scope = bare()
fillMissing(scope)

describe('what old browsers lack', () => {
  it('is all that pdf.js leans on', () => {
    const brought = LEGACY.flatMap((file) =>
      [
        ...readFileSync(`node_modules/pdfjs-dist/legacy/${file}`, 'utf8').matchAll(
          /MODULE: .*core-js\/modules\/([\w.-]+)\.js/g,
        ),
      ].map((one) => one[1]),
    )
    expect([...new Set(brought)].sort()).toEqual([...FILLED, ...EVERYWHERE, ...UNMET].sort())
  })

  it('is filled only where it is lacking', () => {
    const own = () => 'own'
    const modern: Scope = { ...bare(), URL: { parse: own } }
    fillMissing(modern)
    expect((modern.URL as { parse: unknown }).parse).toBe(own)
    expect(Object.keys(scope.Map.prototype)).toEqual([])
  })

  it('gives an old Safari its iterator', () => {
    const { Iterator: _, ...safari } = bare()
    const filled: Scope = safari
    fillMissing(filled)
    expect(filled.Iterator?.prototype).toBe(
      Object.getPrototypeOf(Object.getPrototypeOf([].values())),
    )
  })

  it.each([scope.Map.prototype, scope.WeakMap.prototype])('inserts once', (prototype) => {
    const map = new Map([['a', 1]])
    const compute = vi.fn(() => 3)
    expect(on(prototype, 'getOrInsert', map, 'a', 2)).toBe(1)
    expect(on(prototype, 'getOrInsert', map, 'b', 2)).toBe(2)
    expect(on(prototype, 'getOrInsertComputed', map, 'c', compute)).toBe(3)
    expect(on(prototype, 'getOrInsertComputed', map, 'c', compute)).toBe(3)
    expect(compute.mock.calls).toEqual([['c']])
  })

  it('walks an iterator as far as needed', () => {
    const { prototype } = scope.Iterator
    const over = (one: unknown) => (one as number) > 1
    const seen = [1, 2, 3].values()
    expect(on(prototype, 'find', seen, over)).toBe(2)
    expect(on(prototype, 'find', [1].values(), over)).toBeUndefined()
    expect(on(prototype, 'some', [1, 2].values(), over)).toBe(true)
    expect(on(prototype, 'some', [1].values(), over)).toBe(false)
    const kept = on(prototype, 'filter', [1, 2, 3].values(), over)
    expect(on(prototype, 'toArray', kept)).toEqual([2, 3])
  })

  it('writes bytes, sums and addresses', async () => {
    expect(on(scope.Uint8Array.prototype, 'toHex', new Uint8Array([0, 10, 255]))).toBe('000aff')
    expect(on(scope.Math, 'sumPrecise', null, [1, 2, 3.5])).toBe(6.5)
    expect(on(scope.URL, 'parse', null, 'x', 'https://a.fr/b/')).toEqual(
      new URL('https://a.fr/b/x'),
    )
    expect(on(scope.URL, 'parse', null, 'x')).toBeNull()
    const bytes = on(scope.Response.prototype, 'bytes', new Response('é'))
    expect(await bytes).toEqual(new Uint8Array([0xc3, 0xa9]))
  })

  it('promises what is thrown as what is returned', async () => {
    const boom = () => {
      throw new Error('boom')
    }
    await expect(on(scope.Promise, 'try', Promise, boom)).rejects.toThrow('boom')
    await expect(on(scope.Promise, 'try', Promise, (one: unknown) => one, 4)).resolves.toBe(4)
  })
})
