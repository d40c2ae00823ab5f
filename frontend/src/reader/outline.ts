import type { PdfDocument } from './engine'
import type { Links } from './links'

export interface Heading {
  title: string
  /** null when it leads outside or nowhere. */
  page: number | null
  go: () => void
  children: Heading[]
}

type Item = NonNullable<Awaited<ReturnType<PdfDocument['getOutline']>>>[number]

/** The table of contents written in the PDF; empty when it has none. */
export async function readOutline(document: PdfDocument, links: Links): Promise<Heading[]> {
  const heading = async (item: Item): Promise<Heading> => ({
    title: item.title.trim(),
    page: await links.pageOf(item.dest).catch(() => null),
    go: () => void links.goToDestination(item.dest),
    children: await Promise.all(item.items.map(heading)),
  })
  return Promise.all(((await document.getOutline()) ?? []).map(heading))
}

/** The heading one is in: the last one that begins at or before the page. */
export function headingAt(headings: Heading[], page: number): Heading | null {
  let here: Heading | null = null
  const walk = (list: Heading[]) => {
    for (const heading of list) {
      if (heading.page !== null && heading.page <= page && heading.page >= (here?.page ?? 0)) {
        here = heading
      }
      walk(heading.children)
    }
  }
  walk(headings)
  return here
}

export function countHeadings(headings: Heading[]): number {
  return headings.reduce((sum, heading) => sum + 1 + countHeadings(heading.children), 0)
}
