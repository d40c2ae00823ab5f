/**
 * Keeps a page where it stands on the screen while pages above it take their own size: until one is
 * loaded it has the size of the first. Browsers that would do it themselves are told not to, since
 * not all do.
 */
export class Hold {
  #page: HTMLElement | null = null
  #top = 0
  #scale = 0

  constructor(private readonly container: HTMLElement) {
    container.style.overflowAnchor = 'none'
  }

  /** This page is what is looked at now, at this scale. */
  take(page: HTMLElement, scale: number): void {
    this.#page = page
    this.#top = this.#standing(page)
    this.#scale = scale
  }

  /** Brings the page back where it stood; true when it had moved. A new scale moves it rightly. */
  keep(scale: number): boolean {
    if (!this.#page || scale !== this.#scale) return false
    const moved = this.#standing(this.#page) - this.#top
    // A pixel is the rounding of a length.
    if (Math.abs(moved) <= 1) return false
    this.container.scrollTop += moved
    return true
  }

  #standing(page: HTMLElement): number {
    return page.offsetTop - this.container.scrollTop
  }
}
