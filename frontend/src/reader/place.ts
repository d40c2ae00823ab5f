import type { Place, Zoom } from './reader'

export const START: Place = { page: 1, zoom: 'page-width', top: Number.NaN, left: 0, panel: null }

/** pdf.js tells its location with the scale in percent or as the name of a fit. */
export interface Location {
  pageNumber: number
  scale: number | string
  top: number
  left: number
}

/** What pdf.js says, as a place; a fit the reader does not offer counts as the width. */
export function placeOf(location: Location): Place {
  const zoom: Zoom =
    typeof location.scale === 'number'
      ? location.scale / 100
      : location.scale === 'page-fit'
        ? 'page-fit'
        : 'page-width'
  return { page: location.pageNumber, zoom, top: location.top, left: location.left }
}

const MIN_ZOOM = 0.1
const MAX_ZOOM = 10

/** A place that can be gone to, whatever was stored: an older version may have had more pages. */
export function usable(place: Place | null | undefined, pages: number): Place {
  if (!place) return START
  const page = Math.min(Math.max(1, Math.trunc(place.page) || 1), Math.max(1, pages))
  const zoom =
    typeof place.zoom === 'number'
      ? place.zoom > 0
        ? Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, place.zoom))
        : START.zoom
      : place.zoom === 'page-fit'
        ? 'page-fit'
        : 'page-width'
  const lost = page !== place.page || !Number.isFinite(place.top)
  return {
    page,
    zoom,
    top: lost ? Number.NaN : place.top,
    left: lost || !Number.isFinite(place.left) ? 0 : place.left,
    panel: place.panel ?? null,
  }
}

/** Whether two places show the same thing: half a point apart is the rounding of a scroll bar. */
export function samePlace(a: Place, b: Place): boolean {
  const near = (x: number, y: number) =>
    Math.abs(x - y) < 0.5 || (Number.isNaN(x) && Number.isNaN(y))
  return a.page === b.page && a.zoom === b.zoom && near(a.top, b.top) && near(a.left, b.left)
}

/** The page somebody typed: « 12 », « p. 12 », « 12/48 »; null when there is none. */
export function typedPage(text: string, pages: number): number | null {
  const number = Number.parseInt(text.match(/\d+/)?.[0] ?? '', 10)
  if (!Number.isFinite(number)) return null
  return Math.min(Math.max(1, number), pages)
}
