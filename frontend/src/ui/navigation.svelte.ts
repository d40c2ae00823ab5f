import { tick } from 'svelte'

export interface Place {
  path: string
  query: URLSearchParams
}

let place: Place = $state.raw(read())
let arrivals = 0
let isUntitled = false
/** The title that was given the focus last. */
let focused: HTMLElement | undefined

function read(): Place {
  const { pathname, searchParams } = new URL(location.href)
  return { path: pathname, query: searchParams }
}

/** Where the person is; a component that calls it follows. */
export function here(): Place {
  return place
}

/** Goes to an address of the application. `replace` leaves no step to come back to. */
export function go(href: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', href)
  else {
    rememberScroll()
    history.pushState(null, '', href)
  }
  place = read()
}

/** Writes the query of the present screen without moving: filters, the page being read. */
export function note(query: Record<string, string | number | undefined>): void {
  const url = new URL(location.href)
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === '') url.searchParams.delete(key)
    else url.searchParams.set(key, String(value))
  }
  history.replaceState(history.state, '', url)
  place = read()
}

/** Follows plain links and the browser's own back and forward. Returns how to stop. */
export function startNavigation(): () => void {
  history.scrollRestoration = 'manual'
  const stop = new AbortController()
  const { signal } = stop
  document.addEventListener('click', follow, { signal })
  addEventListener('popstate', () => (place = read()), { signal })
  addEventListener('pagehide', rememberScroll, { signal })
  return () => stop.abort()
}

function follow(event: MouseEvent): void {
  const href = ours(event)
  if (href === undefined) return
  event.preventDefault()
  if (href === location.href) return
  go(href)
}

/** The address to follow ourselves, or nothing when the browser must do it. */
export function ours(event: MouseEvent): string | undefined {
  if (event.defaultPrevented || event.button !== 0) return undefined
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null
  if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download'))
    return undefined
  const url = new URL(link.href)
  const stays = url.pathname === location.pathname && url.search === location.search && url.hash
  if (url.origin !== location.origin || stays || url.pathname.startsWith('/api/')) return undefined
  return url.href
}

function rememberScroll(): void {
  history.replaceState({ ...history.state, scroll: scrollY }, '')
}

/**
 * A screen that gets its title late calls this once it has it: it takes the focus then. So does
 * the title that comes in the place of the focused one, when a screen has read what it shows.
 */
export function titled(title: HTMLElement | null | undefined): void {
  const isLost = focused?.isConnected === false && document.activeElement === document.body
  if (title && (isUntitled || isLost)) {
    title.focus({ preventScroll: true })
    focused = title
  }
  isUntitled &&= !title
}

/**
 * Called when a screen has been put on the page: the focus goes to its title, so that a screen
 * reader says where it is, and the scroll to where it was. Not for the first screen, the one the
 * page opened with: its focus is the browser's business.
 */
export async function arrive(): Promise<void> {
  const arrival = ++arrivals
  await tick()
  const y: number = history.state?.scroll ?? 0
  isUntitled = arrival > 1
  titled(document.querySelector<HTMLElement>('h1[tabindex]'))
  scrollTo(0, y)
  if (y > 0) settle(y, () => arrival === arrivals)
}

/** Lists arrive after their screen: tries again as the page grows, for a second at most. */
function settle(y: number, wanted: () => boolean): void {
  const watch = new ResizeObserver(() => {
    if (!wanted()) return watch.disconnect()
    scrollTo(0, y)
    if (scrollY >= y - 1) watch.disconnect()
  })
  watch.observe(document.body)
  setTimeout(() => watch.disconnect(), 1_000)
}
