import { expect, it } from 'vitest'
import { leanNesting } from './lean-nesting'

it('takes out the ampersands that say nothing', () => {
  expect(
    leanNesting('.a{top:0;& .b{& a:hover{top:1px}&>p{top:2px}}& svg{top:3px}&~p{top:4px}}'),
  ).toBe('.a{top:0;.b{a:hover{top:1px}>p{top:2px}}svg{top:3px}~p{top:4px}}')
})

it('keeps those that do', () => {
  const sheet =
    '.a{&:hover{top:0}&.b{top:1px}&::after{content:"& x"}&,& tr{top:2px}:not(&){top:3px}}'
  expect(leanNesting(sheet)).toBe(sheet)
})
