import type { Annotation } from '../local/kinds'

export type NoteKind = Annotation['mark']['kind']

/** One line of the list: one annotation, or the strokes of one drawing. */
export interface Entry {
  /** That of its first annotation. */
  id: string
  page: number
  kind: NoteKind
  /** What its words and colour are read from. */
  first: Annotation
  all: Annotation[]
}

/** A pen lifted for less than this goes on with the same drawing. */
const SAME_DRAWING = 60_000

const ORDER: Record<NoteKind, number> = { bookmark: 0, highlight: 1, note: 2, ink: 3 }

/** How far down its page an annotation begins: higher first (y grows upwards). */
function height({ mark }: Annotation): number {
  if (mark.kind === 'highlight') return mark.quads[0]?.[5] ?? 0
  if (mark.kind === 'ink') return mark.points[1] ?? 0
  if (mark.kind === 'note') return mark.y ?? Number.MAX_SAFE_INTEGER
  return Number.MAX_SAFE_INTEGER
}

function drawings(strokes: Annotation[]): Entry[] {
  const entries: Entry[] = []
  let last = Number.NEGATIVE_INFINITY
  for (const stroke of strokes.toSorted((a, b) => a.created_at.localeCompare(b.created_at))) {
    const entry = entries.at(-1)
    const at = Date.parse(stroke.created_at)
    if (entry && at - last <= SAME_DRAWING && stroke.mark.label === '') entry.all.push(stroke)
    else entries.push(entryOf(stroke))
    last = at
  }
  return entries
}

function entryOf(first: Annotation): Entry {
  return { id: first.id, page: first.page, kind: first.mark.kind, first, all: [first] }
}

/** The list in the order of the pages, each page from its top; `kind` keeps one kind only. */
export function entriesOf(annotations: readonly Annotation[], kind: NoteKind | '' = ''): Entry[] {
  const wanted = annotations.filter(({ mark }) => kind === '' || mark.kind === kind)
  const strokes = new Map<number, Annotation[]>()
  const entries: Entry[] = []
  for (const one of wanted) {
    if (one.mark.kind !== 'ink') entries.push(entryOf(one))
    else strokes.set(one.page, [...(strokes.get(one.page) ?? []), one])
  }
  entries.push(...[...strokes.values()].flatMap(drawings))
  return entries.sort(
    (a, b) =>
      a.page - b.page ||
      height(b.first) - height(a.first) ||
      ORDER[a.kind] - ORDER[b.kind] ||
      a.id.localeCompare(b.id),
  )
}

export interface PageEntries {
  page: number
  entries: Entry[]
}

export function byPage(entries: readonly Entry[]): PageEntries[] {
  const pages: PageEntries[] = []
  for (const entry of entries) {
    const last = pages.at(-1)
    if (last?.page === entry.page) last.entries.push(entry)
    else pages.push({ page: entry.page, entries: [entry] })
  }
  return pages
}

/** The other text of a note that two tablets changed otherwise, as long as both are there. */
export function otherText(one: Annotation, all: readonly Annotation[]): Annotation | undefined {
  return one.forked_from ? all.find(({ id }) => id === one.forked_from) : undefined
}

export interface OnVersion {
  sha256: string
  count: number
}

/** Lines of the list by version of the piece. */
export function countByVersion(annotations: readonly Annotation[]): OnVersion[] {
  const hashes = new Set(annotations.map(({ sha256 }) => sha256))
  return [...hashes].map((sha256) => ({
    sha256,
    count: entriesOf(annotations.filter((one) => one.sha256 === sha256)).length,
  }))
}
