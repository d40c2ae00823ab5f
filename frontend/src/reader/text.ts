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
  /** The offset of a place of the document: 0 before this text, its length after it. */
  offsetOf(node: Node, offset: number): number
  /** The pieces of text nodes between two offsets, in order. */
  pieces(begin: number, end: number): { node: Text; from: number; to: number }[]
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
    offsetOf(node, offset) {
      const place = layer.ownerDocument.createRange()
      place.setStart(node, offset)
      for (const part of parts) {
        if (part.node === node) return part.begin + offset
        if (place.comparePoint(part.node, 0) > 0) return part.begin
      }
      return raw.length
    },
    pieces(begin, end) {
      return parts.flatMap(({ node, begin: start }) => {
        const [from, to] = [Math.max(0, begin - start), Math.min(node.length, end - start)]
        return from < to ? [{ node, from, to }] : []
      })
    },
  }
}
