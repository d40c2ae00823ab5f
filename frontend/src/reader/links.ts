import { viewer } from './engine'

const SAFE = new Set(['http:', 'https:', 'mailto:'])

/** The address when it may be opened, else null: a PDF may carry `javascript:` or `file:`. */
export function safeAddress(address: string): URL | null {
  const url = URL.canParse(address) ? new URL(address) : null
  return url && SAFE.has(url.protocol) ? url : null
}

type Dest = string | unknown[] | null

/** Links of a PDF: outside ones open apart and only when safe, inside ones wait for their page. */
export class Links extends viewer.PDFLinkService {
  constructor(
    eventBus: InstanceType<typeof viewer.EventBus>,
    private readonly ready: (page: number) => Promise<void>,
  ) {
    super({ eventBus })
  }

  override addLinkAttributes(link: HTMLAnchorElement, address: string): void {
    const url = safeAddress(address)
    if (!url) {
      link.removeAttribute('href')
      return
    }
    url.username = ''
    url.password = ''
    link.href = url.href
    link.title = url.protocol === 'mailto:' ? url.pathname : url.href
    link.target = '_blank'
    link.rel = 'noopener noreferrer nofollow'
  }

  /** Page a destination leads to, from 1; null when it leads nowhere. */
  async pageOf(dest: Dest): Promise<number | null> {
    const pdf = this.pdfDocument
    const [target] = (typeof dest === 'string' ? await pdf.getDestination(dest) : dest) ?? []
    if (Number.isInteger(target)) return target + 1
    if (typeof target !== 'object' || target === null) return null
    return pdf.cachedPageNumber(target) ?? (await pdf.getPageIndex(target)) + 1
  }

  // A page not loaded yet has the size of the first one, so the way inside it would be wrong.
  override async goToDestination(dest: Dest): Promise<void> {
    const page = await this.pageOf(dest).catch(() => null)
    if (page === null) return
    await this.ready(page)
    await super.goToDestination(dest as string)
  }
}
