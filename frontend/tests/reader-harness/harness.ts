import type { PieceNotes } from '../../src/annotations/annotations.svelte'
import type { OnPageDrawn, Paper, Place } from '../../src/reader/reader'

export interface Listed {
  file: string
  size: number
}

const options = new URLSearchParams(location.search)

/** What a test reads and turns: `window.harness`. */
export const harness = {
  places: [] as Place[],
  reads: [] as [begin: number, end: number][],
  /** When set, every read is refused with this code. */
  refuse: null as string | null,
  layered: options.has('layers'),
  /** With `?marks` papers are marked, kept in this browser's own database. */
  marked: options.has('marks'),
  notes: null as PieceNotes | null,
  layers: { drawn: 0, cleared: 0 },
  texts: null as string[] | null,

  async list(): Promise<Listed[]> {
    return (await fetch('/corpus/')).json()
  },

  paper({ file, size }: Listed): Paper {
    return {
      id: file,
      title: file.replace(/\.pdf$/, ''),
      subtitle: 'Point 1 · Débat d’orientation budgétaire',
      pages: 1,
      texts: async () => harness.texts,
      source: {
        size,
        read: async (begin, end) => {
          if (harness.refuse)
            throw Object.assign(new Error(harness.refuse), { code: harness.refuse })
          harness.reads.push([begin, end])
          const answer = await fetch(`/corpus/${file}`, {
            headers: { range: `bytes=${begin}-${end - 1}` },
          })
          return new Uint8Array(await answer.arrayBuffer())
        },
      },
    }
  },

  onpagedrawn: (({ marks, element }) => {
    harness.layers.drawn++
    const box = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
    for (const [name, value] of Object.entries({
      x: 72,
      y: 72,
      width: 144,
      height: 72,
      fill: 'red',
    })) {
      box.setAttribute(name, String(value))
    }
    marks.append(box)
    element.dataset.layered = ''
    return () => {
      harness.layers.cleared++
    }
  }) satisfies OnPageDrawn,
}

Object.assign(window, { harness })
