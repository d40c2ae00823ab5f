import type { IconName } from './icons'

export interface Toast {
  id: number
  text: string
  icon?: IconName | undefined
  action?: { label: string; run: () => void } | undefined
}

const SHOWN_MS = 6_000
const SHOWN_WITH_ACTION_MS = 12_000

let last = 0

/** Short news at the bottom of the screen, shown by `Toasts.svelte`. */
export const toasts: { list: Toast[] } = $state({ list: [] })

/** Says something was done; with `action`, lets the person take it back. */
export function toast(text: string, options: Omit<Toast, 'id' | 'text'> = {}): void {
  const id = ++last
  toasts.list.push({ id, text, ...options })
  setTimeout(() => dismiss(id), options.action ? SHOWN_WITH_ACTION_MS : SHOWN_MS)
}

export function dismiss(id: number): void {
  toasts.list = toasts.list.filter((one) => one.id !== id)
}
