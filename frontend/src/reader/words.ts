/** pdf.js asks a localiser for its few words; these are ours, in French, without its 25 kB of Fluent. */

export interface PdfWords {
  page(page: number, pages: number): string
  note: string
  link: string
}

const id = 'data-l10n-id'

export function localiser(words: PdfWords) {
  return {
    getLanguage: () => 'fr',
    getDirection: () => 'ltr',
    get: async (ids: string | string[]) => (Array.isArray(ids) ? ids.map(() => '') : ''),
    translate: async () => {},
    translateOnce: async (element: Element) => nameWidgets(element, words),
    destroy: async () => {},
    pause: () => {},
    resume: () => {},
  }
}

/** 637 landmarks would bury those of the application: a page is a group with a name. */
export function namePage(element: HTMLElement, page: number, pages: number, words: PdfWords): void {
  element.setAttribute('role', 'group')
  element.setAttribute('aria-label', words.page(page, pages))
  element.removeAttribute(id)
  element.removeAttribute('data-l10n-args')
}

/** What pdf.js leaves to its localiser on a page: icons of comments. */
export function nameWidgets(root: Element, words: PdfWords): void {
  for (const icon of root.querySelectorAll<HTMLElement>(`img[${id}]`)) {
    icon.setAttribute('alt', words.note)
    icon.removeAttribute(id)
  }
}

/** A link of a PDF is an empty box over the words it means: it takes their text for its name. */
export function nameLinks(page: HTMLElement, words: PdfWords): void {
  const links = [...page.querySelectorAll<HTMLElement>('.annotationLayer a')].filter(
    (link) => link.dataset.named !== 'text' && !link.title && !link.textContent?.trim(),
  )
  if (!links.length) return
  const spans = [...page.querySelectorAll('.textLayer span[role="presentation"]')].map((span) => ({
    text: span.textContent ?? '',
    box: span.getBoundingClientRect(),
  }))
  for (const link of links) {
    const { left, right, top, bottom } = link.getBoundingClientRect()
    const under = spans.filter(({ box }) => {
      const middle = (box.top + box.bottom) / 2
      return middle > top && middle < bottom && box.right > left + 1 && box.left < right - 1
    })
    const name = under
      .map(({ text }) => text)
      .join(' ')
      .replace(/[\s.]{3,}/g, ' ')
      .trim()
    link.setAttribute('aria-label', name || words.link)
    if (name) link.dataset.named = 'text'
  }
}

/** Forms leave empty cells where a heading stands in other rows: a heading without words names nothing. */
export function demoteEmptyHeaders(root: Element): void {
  for (const header of root.querySelectorAll('[role=rowheader], [role=columnheader]')) {
    const owners = [header, ...header.querySelectorAll('[aria-owns]')]
    const owned = owners.flatMap((owner) => owner.getAttribute('aria-owns')?.split(/\s+/) ?? [])
    const words = owned.map((own) => document.getElementById(own)?.textContent ?? '').join('')
    if (!header.textContent?.trim() && !words.trim()) header.setAttribute('role', 'cell')
  }
}

/** pdf.js owns texts that are not in the page, or not any more: such promises confuse readers. */
export function dropDanglingOwners(root: Element): void {
  for (const owner of root.querySelectorAll('[aria-owns]')) {
    const ids = (owner.getAttribute('aria-owns') ?? '').split(/\s+/)
    const kept = ids.filter((own) => own && document.getElementById(own))
    if (kept.length === ids.length) continue
    if (kept.length) owner.setAttribute('aria-owns', kept.join(' '))
    else owner.removeAttribute('aria-owns')
  }
}
