// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import { arrive, go, here, note, startNavigation, titled } from './navigation.svelte'

function click(html: string, init: MouseEventInit = {}): { followed: boolean; path: string } {
  document.body.innerHTML = html
  const event = new MouseEvent('click', { bubbles: true, cancelable: true, ...init })
  // jsdom cannot go anywhere by itself: a click left to the browser ends here.
  const stay = (late: Event) => late.preventDefault()
  addEventListener('click', stay)
  const before = here().path
  ;(document.querySelector('[data-here]') ?? document.querySelector('a'))?.dispatchEvent(event)
  removeEventListener('click', stay)
  return { followed: here().path !== before, path: here().path }
}

describe('plain links', () => {
  startNavigation()

  it('are followed without leaving the page', () => {
    go('/')
    expect(click('<a href="/compte">x</a>')).toEqual({ followed: true, path: '/compte' })
    go('/')
    expect(click('<a href="/seances/a/b"><b data-here>x</b></a>').path).toBe('/seances/a/b')
  })
  it.each([
    ['another site', '<a href="https://www.legifrance.gouv.fr/">x</a>', {}],
    ['a file to keep', '<a href="/proof.pdf" download>x</a>', {}],
    ['an answer of the server', '<a href="/api/authorities/a/files/b">x</a>', {}],
    ['another window', '<a href="/compte" target="_blank">x</a>', {}],
    ['a click with the control key', '<a href="/compte">x</a>', { ctrlKey: true }],
    ['the middle button', '<a href="/compte">x</a>', { button: 1 }],
    ['a place in this page', '<a href="/#contenu">x</a>', {}],
  ])('leave %s to the browser', (_what, html, init) => {
    go('/')
    expect(click(html, init).followed).toBe(false)
  })
})

describe('the address', () => {
  it('keeps filters without a step to come back to', () => {
    go('/administration/a')
    const steps = history.length
    note({ q: 'élo', role: '' })
    expect(here().query.get('q')).toBe('élo')
    expect(here().query.has('role')).toBe(false)
    note({ q: '' })
    expect([here().query.size, history.length]).toEqual([0, steps])
  })
})

describe('the title of a screen', () => {
  it('passes the focus on to the one that takes its place', async () => {
    document.body.innerHTML = '<h1 tabindex="-1">Opening</h1><button>x</button>'
    await arrive() // the first screen: the browser's business
    await arrive()
    expect(document.activeElement?.textContent).toBe('Opening')
    document.body.innerHTML = '<h1 tabindex="-1">Read</h1><button>x</button>'
    titled(document.querySelector('h1'))
    expect(document.activeElement?.textContent).toBe('Read')
  })
  it('takes nothing from a person who is elsewhere', async () => {
    document.body.innerHTML = '<h1 tabindex="-1">Opening</h1><button>x</button>'
    await arrive()
    document.querySelector('button')?.focus()
    document.querySelector('h1')?.remove()
    document.body.insertAdjacentHTML('afterbegin', '<h1 tabindex="-1">Read</h1>')
    titled(document.querySelector('h1'))
    expect(document.activeElement?.textContent).toBe('x')
  })
})
