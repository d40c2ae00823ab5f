let last = { state: '', at: -1 }

/** Shows and focuses the rows in a state one after the other, at each call the next one. */
export function jumpTo(state: string): void {
  const rows = [...document.querySelectorAll<HTMLElement>(`[data-state="${state}"]`)]
  const before = last.state === state ? last.at : -1
  const at = before + 1 < rows.length ? before + 1 : 0
  last = { state, at }
  rows[at]?.scrollIntoView({ block: 'center' })
  rows[at]?.focus({ preventScroll: true })
}
