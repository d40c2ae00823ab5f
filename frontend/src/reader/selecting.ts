import type { Highlight, Made } from './marks'
import { type Passage, quoteOf, snap } from './passages'
import { linesOf, quadOf } from './quads'
import type { PageLayer } from './reader'
import { type LayerText, readLayer } from './text'

/** Words of one drawn page. */
export interface Chosen {
  layer: PageLayer
  text: LayerText
  passage: Passage
}

const MAX_QUADS = 1000

/** The text of a drawn page; null where there is none yet. */
export function textOf(layer: PageLayer): LayerText | null {
  const div = layer.element.querySelector('.textLayer')
  return div && readLayer(div)
}

/** The words a range of the document touches, page by page, snapped to whole words. */
export function chosenIn(range: Range, layers: Iterable<PageLayer>): Chosen[] {
  const all: Chosen[] = []
  for (const layer of layers) {
    if (!range.intersectsNode(layer.element)) continue
    const text = textOf(layer)
    if (!text) continue
    const begin = text.offsetOf(range.startContainer, range.startOffset)
    const end = text.offsetOf(range.endContainer, range.endOffset)
    const passage = snap(text.raw, { begin, end })
    if (passage) all.push({ layer, text, passage })
  }
  return all.sort((a, b) => a.layer.page - b.layer.page)
}

/** Highlights words where they stand, with what they say; null when they are nowhere to be seen. */
export function highlightOf(
  { layer, text, passage }: Chosen,
  colour: Highlight['colour'],
): Made | null {
  const boxes = text.pieces(passage.begin, passage.end).flatMap(({ node, from, to }) => {
    const range = document.createRange()
    range.setStart(node, from)
    range.setEnd(node, to)
    return [...range.getClientRects()]
  })
  const quads = linesOf(boxes).map((box) => quadOf(box, layer.toPage))
  if (quads.length === 0) return null
  const quote = quoteOf(text.raw, passage)
  return {
    page: layer.page,
    shape: { kind: 'highlight', colour, label: '', quads: quads.slice(0, MAX_QUADS), quote },
  }
}

/** Shows words as selected, and gives their box in the window. */
export function select({ text, passage }: Chosen): DOMRect | null {
  const from = text.at(passage.begin)
  const to = text.at(passage.end - 1)
  if (!from || !to) return null
  const end = Math.min(to.offset + 1, to.node.length)
  getSelection()?.setBaseAndExtent(from.node, from.offset, to.node, end)
  const range = document.createRange()
  range.setStart(to.node, Math.max(0, end - 1))
  range.setEnd(to.node, end)
  return range.getBoundingClientRect()
}

/** Where in the text a point of the window is: the standard way, else WebKit's. */
export function caretAt(x: number, y: number): { node: Node; offset: number } | null {
  if ('caretPositionFromPoint' in document) {
    const place = document.caretPositionFromPoint(x, y)
    return place && { node: place.offsetNode, offset: place.offset }
  }
  const range = (document as Document).caretRangeFromPoint(x, y)
  return range && { node: range.startContainer, offset: range.startOffset }
}
