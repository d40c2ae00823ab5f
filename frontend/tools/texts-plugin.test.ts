import { describe, expect, it } from 'vitest'
import { texts } from './texts-plugin'

const transform = texts().transform as (code: string, id: string) => { code: string } | undefined
const lessons = (code: string, id = '/x/src/sittings/A.svelte') =>
  [...(transform(code, id)?.code.matchAll(/virtual:texts\/(\w+)/g) ?? [])].map((one) => one[1])

describe('the words of a screen', () => {
  it('come with the keys it speaks, whatever the quotes', () => {
    const code = ["t('members.add')", 't(`errors.' + '$' + '{code}`)', 'const key = "ui.close"']
    expect(lessons(code.join('; ')).sort()).toEqual(['errors', 'members', 'ui'])
  })
  it('do not come with words that only look like keys', () => {
    expect(lessons("members.add(1); import './members'; const a = 'desk'")).toEqual([])
    expect(lessons("t('desk_page.fresh')")).toEqual(['desk_page'])
  })
  it('are not taught to the teacher', () => {
    expect(lessons("look('ui.close')", '/x/src/i18n/t.ts')).toEqual([])
  })
})
