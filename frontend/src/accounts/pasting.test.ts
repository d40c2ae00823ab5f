import { expect, it } from 'vitest'

/** Every source of the interface, as text. */
const sources = import.meta.glob<string>(['../**/*.svelte', '../**/*.ts', '!../**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
})
/** Listening to a paste, or to any input before it is taken: the only ways to refuse one. */
const HEARS = /\bonpaste\b|\bonbeforeinput\b|['"`](paste|beforeinput)['"`]/

it('lets anything be pasted in every field, as password managers need', () => {
  const fields =
    Object.values(sources)
      .join('')
      .match(/<input\b/g) ?? []
  expect(fields.length).toBeGreaterThan(20)
  const hearing = Object.entries(sources).filter(([, source]) => HEARS.test(source))
  expect(hearing.map(([path]) => path)).toEqual([])
  expect(HEARS.test('<input onpaste={refuse} />')).toBe(true)
  expect(HEARS.test("field.addEventListener('paste', refuse)")).toBe(true)
})
