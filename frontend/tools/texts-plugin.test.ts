import { describe, expect, it } from 'vitest'
import { pick, texts } from './texts-plugin'

const transform = texts().transform as (code: string, id: string) => { code: string } | undefined
const lessons = (code: string, id = '/x/src/sittings/A.svelte') =>
  [...(transform(code, id)?.code.matchAll(/virtual:texts\/([\w.+]+)/g) ?? [])].map((one) => one[1])

describe('the words of a file', () => {
  it('are those of the keys it speaks, whatever the quotes', () => {
    const code = `t('members.add'); const key = "ui.close"; t(\`desk.point.\${kind}\`)`
    expect(lessons(code)).toEqual(['desk.point.', 'members.add+ui.close'])
  })
  it('are a whole namespace when the rest of the key is not known', () => {
    expect(lessons('t(`errors.$' + "{code}`, 'errors.server')")).toEqual(['errors.'])
  })
  it('do not come with words that only look like keys', () => {
    expect(lessons("members.add(1); import './members'; const a = 'desk'")).toEqual([])
    expect(lessons("t('desk_page.fresh')")).toEqual(['desk_page.fresh'])
  })
  it('are not taught to the teacher', () => {
    expect(lessons("look('ui.close')", '/x/src/i18n/t.ts')).toEqual([])
  })
  it('are picked with all that begins alike', () => {
    const all = { ui: { close: 'Fermer', closed: { one: 'a', other: 'b' }, open: 'Ouvrir' } }
    expect(pick(all, ['ui.close'])).toEqual({
      ui: { close: 'Fermer', closed: { one: 'a', other: 'b' } },
    })
    expect(pick(all, ['nav.home'])).toBeUndefined()
  })
})
