/**
 * What pdf.js takes for granted and the oldest browsers we serve (Safari 18.0, Chrome 125, Firefox
 * 140) lack. Its legacy build brings the same from core-js, 20 kB in each of its four scripts.
 * `missing.test.ts` fails when a newer pdf.js leans on something else.
 */
export interface Scope {
  Iterator?: { prototype: object }
  Map: { prototype: object }
  Math: object
  Promise: object
  Response: { prototype: object }
  Uint8Array: { prototype: object }
  URL: object
  WeakMap: { prototype: object }
}

type Method = (this: never, ...args: never[]) => unknown

/** Gives `target` the methods it has not; those it has are left alone. */
function fill(target: object, methods: Record<string, Method>): void {
  for (const [name, value] of Object.entries(methods)) {
    if (name in target) continue
    Object.defineProperty(target, name, { value, writable: true, configurable: true })
  }
}

type Entries = Pick<Map<unknown, unknown>, 'get' | 'has' | 'set'>

const entries = {
  getOrInsert(this: Entries, key: unknown, value: unknown) {
    if (!this.has(key)) this.set(key, value)
    return this.get(key)
  },
  getOrInsertComputed(this: Entries, key: unknown, compute: (key: unknown) => unknown) {
    if (!this.has(key)) this.set(key, compute(key))
    return this.get(key)
  },
}

type Test = (value: unknown) => unknown

const iteration = {
  *filter(this: Iterable<unknown>, isWanted: Test) {
    for (const value of this) if (isWanted(value)) yield value
  },
  find(this: Iterable<unknown>, isWanted: Test) {
    for (const value of this) if (isWanted(value)) return value
    return undefined
  },
  some(this: Iterable<unknown>, isWanted: Test) {
    for (const value of this) if (isWanted(value)) return true
    return false
  },
  toArray(this: Iterable<unknown>) {
    return [...this]
  },
}

/** Fills what `scope` (a window or a worker) lacks. */
export function fillMissing(scope: Scope): void {
  const iterator = Object.getPrototypeOf(Object.getPrototypeOf([].values())) as object
  scope.Iterator ??= Object.assign(() => {}, { prototype: iterator })
  fill(scope.Iterator.prototype, iteration)
  fill(scope.Map.prototype, entries)
  fill(scope.WeakMap.prototype, entries)
  fill(scope.Uint8Array.prototype, {
    toHex(this: Uint8Array) {
      return Array.from(this, (byte) => byte.toString(16).padStart(2, '0')).join('')
    },
  })
  fill(scope.Math, {
    // Lengths and widths of glyphs: a plain sum is near enough.
    sumPrecise(values: Iterable<number>) {
      let sum = 0
      for (const value of values) sum += value
      return sum
    },
  })
  fill(scope.Promise, {
    try(run: (...args: unknown[]) => unknown, ...args: unknown[]) {
      return new Promise((done) => done(run(...args)))
    },
  })
  fill(scope.URL, {
    parse(address: string, base?: string) {
      return URL.canParse(address, base) ? new URL(address, base) : null
    },
  })
  fill(scope.Response.prototype, {
    async bytes(this: Response) {
      return new Uint8Array(await this.arrayBuffer())
    },
  })
}

fillMissing(globalThis)
