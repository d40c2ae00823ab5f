import { describe, expect, it } from 'vitest'
import { type Command, commandOf, type Where } from './keys'

const press = (key: string, where: Where, held: Partial<KeyboardEvent> = {}): Command | null =>
  commandOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held }, where)

describe('keys', () => {
  it.each([
    ['PageDown', 'screen-down'],
    ['Home', 'first-page'],
    ['ArrowRight', 'next-page'],
    ['+', 'larger'],
    ['0', 'width'],
    ['/', 'search'],
    ['Escape', 'close'],
    ['a', null],
  ])('on the pages %s asks %s', (key, command) => expect(press(key, 'pages')).toBe(command))

  it('leaves letters and arrows to fields and controls', () => {
    expect(press('/', 'field')).toBeNull()
    expect(press('Home', 'field')).toBeNull()
    expect(press('PageDown', 'field')).toBeNull()
    expect(press(' ', 'control')).toBeNull()
    expect(press('-', 'control')).toBeNull()
    expect(press('PageDown', 'control')).toBe('screen-down')
  })

  it('searches from anywhere, and walks the passages', () => {
    expect(press('f', 'field', { ctrlKey: true })).toBe('search')
    expect(press('F', 'control', { metaKey: true })).toBe('search')
    expect(press('F3', 'field')).toBe('next-match')
    expect(press('F3', 'pages', { shiftKey: true })).toBe('previous-match')
    expect(press('Escape', 'field')).toBe('close')
  })

  it('leaves the zoom of the browser alone', () => {
    expect(press('+', 'pages', { ctrlKey: true })).toBeNull()
    expect(press('0', 'pages', { ctrlKey: true })).toBeNull()
    expect(press('ArrowLeft', 'pages', { altKey: true })).toBeNull()
  })
})
