import type { PdfDocument } from './engine'
import { type Folded, fold } from './fold'

/** The texts of a paper, ready to be searched. */
export interface Texts {
  raw: string[]
  folded: Folded[]
}

const PAUSE_EVERY = 20

/** Server texts when there are some, else extracted page by page; null once `signal` is aborted. */
export async function gather(
  document: PdfDocument,
  given: (() => Promise<string[] | null>) | undefined,
  onprogress: (done: number) => void,
  signal: AbortSignal,
): Promise<Texts | null> {
  const texts = (await given?.().catch(() => null)) ?? null
  const raw: string[] = []
  const folded: Folded[] = []
  for (let page = 1; page <= document.numPages; page++) {
    if (signal.aborted) return null
    const text = texts?.length === document.numPages ? texts[page - 1] : undefined
    raw.push(text ?? (await extract(document, page)))
    folded.push(fold(raw.at(-1) ?? ''))
    if (page % PAUSE_EVERY === 0) {
      onprogress(page)
      await new Promise((rest) => setTimeout(rest))
    }
  }
  return { raw, folded }
}

async function extract(document: PdfDocument, number: number): Promise<string> {
  const page = await document.getPage(number)
  const { items } = await page.getTextContent()
  return items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('')
}

/** The text of a drawn page as one string, and where each part of it stands. */
export interface LayerText {
  raw: string
  at(offset: number): { node: Text; offset: number } | null
}

/** Lines of a text layer end with `<br>`, which `textContent` drops. */
export function readLayer(layer: Element): LayerText {
  const parts: { node: Text; begin: number }[] = []
  let raw = ''
  const walker = layer.ownerDocument.createTreeWalker(
    layer,
    NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT,
  )
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Text) {
      parts.push({ node, begin: raw.length })
      raw += node.data
    } else if (node.nodeName === 'BR') raw += '\n'
  }
  return {
    raw,
    at(offset) {
      let low = 0
      for (let high = parts.length; high - low > 1; ) {
        const middle = (low + high) >> 1
        if ((parts[middle]?.begin ?? 0) <= offset) low = middle
        else high = middle
      }
      const part = parts[low]
      if (!part) return null
      return { node: part.node, offset: Math.min(offset - part.begin, part.node.length) }
    },
  }
}
