import { describe, expect, it } from 'vitest'
import { placeOf, START, samePlace, typedPage, usable } from './place'

describe('place', () => {
  it('reads the location pdf.js tells', () => {
    expect(placeOf({ pageNumber: 3, scale: 125, top: 700.2, left: -4 })).toEqual({
      page: 3,
      zoom: 1.25,
      top: 700.2,
      left: -4,
    })
    expect(placeOf({ pageNumber: 1, scale: 'page-fit', top: 0, left: 0 }).zoom).toBe('page-fit')
    expect(placeOf({ pageNumber: 1, scale: 'auto', top: 0, left: 0 }).zoom).toBe('page-width')
  })

  it('starts at the top of the first page, full width', () => {
    expect(usable(null, 10)).toEqual(START)
  })

  it('keeps a good place as it is', () => {
    const place = { page: 7, zoom: 1.5, top: 412.5, left: 12, panel: 'search' } as const
    expect(usable(place, 10)).toEqual(place)
  })

  it('mends a place that cannot be', () => {
    expect(usable({ page: 90, zoom: 1, top: 412, left: 3 }, 10)).toMatchObject({
      page: 10,
      left: 0,
    })
    expect(usable({ page: 90, zoom: 1, top: 412, left: 3 }, 10).top).toBeNaN()
    expect(usable({ page: 2, zoom: 900, top: 1, left: 1 }, 10).zoom).toBe(10)
    expect(usable({ page: 2, zoom: -1, top: 1, left: 1 }, 10).zoom).toBe('page-width')
    expect(usable({ page: Number.NaN, zoom: 1, top: 1, left: 1 }, 10).page).toBe(1)
  })

  it('knows the same place in spite of rounding', () => {
    const place = { page: 2, zoom: 'page-width', top: 100, left: 0 } as const
    expect(samePlace(place, { ...place, top: 100.3 })).toBe(true)
    expect(samePlace(place, { ...place, top: 101 })).toBe(false)
    expect(samePlace(START, { ...START })).toBe(true)
  })

  it.each([
    ['12', 12],
    ['p. 12', 12],
    [' 12 / 48 ', 12],
    ['0', 1],
    ['99', 48],
    ['douze', null],
    ['', null],
  ])('reads the page typed: %j', (text, page) => expect(typedPage(text, 48)).toBe(page))
})
