export type Command =
  | 'next-page'
  | 'previous-page'
  | 'first-page'
  | 'last-page'
  | 'screen-down'
  | 'screen-up'
  | 'line-down'
  | 'line-up'
  | 'larger'
  | 'smaller'
  | 'width'
  | 'search'
  | 'close'
  | 'next-match'
  | 'previous-match'
  | 'read'
  | 'pen'
  | 'highlight'
  | 'note'
  | 'erase'
  | 'bookmark'
  | 'undo'
  | 'redo'
  | 'more-words'
  | 'fewer-words'
  | 'more-lines'
  | 'fewer-lines'
  | 'highlight-words'

/** Where the focus is: a field to type in, a control, or the pages (or nothing). */
export type Where = 'field' | 'control' | 'pages'
type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

const ANYWHERE: Record<string, Command> = { Escape: 'close', F3: 'next-match' }
const OUTSIDE_FIELDS: Record<string, Command> = { PageDown: 'screen-down', PageUp: 'screen-up' }
// Single characters act on the pages only (WCAG 2.1.4): somebody who dictates must not zoom by chance.
const ON_PAGES: Record<string, Command> = {
  Home: 'first-page',
  End: 'last-page',
  ArrowDown: 'line-down',
  ArrowUp: 'line-up',
  ArrowRight: 'next-page',
  ArrowLeft: 'previous-page',
  ' ': 'screen-down',
  '+': 'larger',
  '=': 'larger',
  '-': 'smaller',
  '0': 'width',
  '/': 'search',
  s: 'pen',
  l: 'highlight',
  n: 'note',
  g: 'erase',
  m: 'bookmark',
  Enter: 'highlight-words',
}
const SHIFTED_ON_PAGES: Record<string, Command> = {
  ArrowRight: 'more-words',
  ArrowLeft: 'fewer-words',
  ArrowDown: 'more-lines',
  ArrowUp: 'fewer-lines',
}
const BACKWARDS: Partial<Record<Command, Command>> = {
  'next-match': 'previous-match',
  'screen-down': 'screen-up',
}

/** What is asked only of a reader that marks. */
export const MARKS: ReadonlySet<Command> = new Set([
  'read',
  'pen',
  'highlight',
  'note',
  'erase',
  'bookmark',
  'undo',
  'redo',
  'more-words',
  'fewer-words',
  'more-lines',
  'fewer-lines',
  'highlight-words',
])

/** What a key asks, or null when it is not for the reader. Ctrl with + and - stays the browser's. */
export function commandOf(event: Keys, where: Where): Command | null {
  if (event.altKey) return null
  if (event.ctrlKey || event.metaKey) return withControl(event, where)
  const command =
    (where === 'pages' && event.shiftKey ? SHIFTED_ON_PAGES[event.key] : undefined) ??
    ANYWHERE[event.key] ??
    (where !== 'field' ? OUTSIDE_FIELDS[event.key] : undefined) ??
    (where === 'pages' ? ON_PAGES[event.key] : undefined)
  if (!command) return null
  return (event.shiftKey && BACKWARDS[command]) || command
}

/** What is typed in a field is taken back by the field itself. */
function withControl({ key, shiftKey }: Keys, where: Where): Command | null {
  const letter = key.toLowerCase()
  if (letter === 'f') return 'search'
  if (where === 'field') return null
  if (letter === 'z') return shiftKey ? 'redo' : 'undo'
  return letter === 'y' ? 'redo' : null
}

/** Where an event happened, for `commandOf`. */
export function whereIs(target: EventTarget | null): Where {
  if (!(target instanceof Element)) return 'pages'
  if (target.closest('input, textarea, select, [contenteditable]')) return 'field'
  if (target.closest('button, a, summary, dialog, [role="tab"], [role="radio"]')) return 'control'
  return 'pages'
}
