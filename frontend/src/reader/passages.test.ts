import { describe, expect, it } from 'vitest'
import { move, quoteOf, snap, stretch, wordBefore, wordFrom } from './passages'
import { linesOf, quadOf } from './quads'

const raw = 'La dotation globale\nest reconduite à l’identique.\nRien d’autre, merci.'
const at = (words: string) => ({
  begin: raw.indexOf(words),
  end: raw.indexOf(words) + words.length,
})
const said = ({ begin, end }: { begin: number; end: number }) => raw.slice(begin, end)

describe('chosen words', () => {
  it('are whole words without the blanks around', () => {
    expect(said(snap(raw, at('otation glob')) ?? at(''))).toBe('dotation globale')
    expect(said(snap(raw, at(' globale\n')) ?? at(''))).toBe('globale')
    expect(said(snap(raw, at('’ident')) ?? at(''))).toBe('l’identique')
    expect(snap(raw, { begin: 2, end: 3 })).toBeNull()
    expect(snap(raw, { begin: 9, end: 4 })).toBeNull()
  })

  it('end with the punctuation that was chosen, and take no other', () => {
    expect(said(snap(raw, at('identique.')) ?? at(''))).toBe('l’identique.')
    expect(said(snap(raw, at('identiqu')) ?? at(''))).toBe('l’identique')
  })

  it('grow and shrink by words and lines', () => {
    let passage = at('dotation')
    passage = stretch(raw, passage, 'word', 1)
    expect(said(passage)).toBe('dotation globale')
    passage = stretch(raw, passage, 'word', 1)
    expect(said(passage)).toBe('dotation globale\nest')
    passage = stretch(raw, passage, 'line', 1)
    expect(said(passage)).toBe('dotation globale\nest reconduite à l’identique.')
    passage = stretch(raw, passage, 'word', -1)
    expect(said(passage)).toBe('dotation globale\nest reconduite à')
    passage = stretch(raw, passage, 'line', -1)
    expect(said(passage)).toBe('dotation globale')
    passage = stretch(raw, passage, 'word', -1)
    expect(said(passage)).toBe('dotation')
    expect(stretch(raw, passage, 'word', -1)).toEqual(passage)
    const last = at('merci')
    expect(said(stretch(raw, last, 'word', 1))).toBe('merci')
    expect(said(stretch(raw, last, 'line', 1))).toBe('merci.')
  })

  it('move from word to word and stop at the ends of the page', () => {
    expect(said(move(raw, at('globale'), 1))).toBe('est')
    expect(said(move(raw, at('est'), -1))).toBe('globale')
    expect(move(raw, at('La'), -1)).toEqual(at('La'))
    expect(move(raw, at('merci'), 1)).toEqual(at('merci'))
    expect(wordFrom('', 0)).toBeNull()
    expect(wordBefore(raw, 0)).toBeNull()
  })

  it('are quoted with 32 letters on each side, on one line', () => {
    const quote = quoteOf(raw, at('globale\nest'))
    expect(quote).toEqual({
      exact: 'globale est',
      prefix: 'La dotation ',
      suffix: ' reconduite à l’identique. Rien ',
    })
    expect(quote.suffix).toHaveLength(32)
    expect(quoteOf('x'.repeat(9000), { begin: 0, end: 9000 }).exact).toHaveLength(8000)
  })
  it('are quoted without the half of a letter that a limit cuts', () => {
    const cut = `a${'😀'.repeat(40)}`
    const { exact, prefix, suffix } = quoteOf(`${cut} mot ${cut}`, { begin: 82, end: 85 })
    expect([exact, prefix.isWellFormed(), suffix.isWellFormed()]).toEqual(['mot', true, true])
    expect(quoteOf('😀'.repeat(4001).slice(1), { begin: 0, end: 8001 }).exact.isWellFormed()).toBe(
      true,
    )
  })
})

describe('the boxes of words', () => {
  const box = (left: number, top: number, width = 30, height = 12) => ({
    left,
    top,
    right: left + width,
    bottom: top + height,
  })

  it('are one a line, and columns stay apart', () => {
    const lines = linesOf([box(10, 10), box(44, 11), box(10, 30), box(200, 30), box(90, 50, 0, 12)])
    expect(lines).toEqual([{ left: 10, right: 74, top: 10, bottom: 23 }, box(10, 30), box(200, 30)])
  })

  it('become quads of the page, lower left first', () => {
    const flip = (x: number, y: number): [number, number] => [x / 2, (800 - y) / 2]
    expect(quadOf(box(10, 20), flip)).toEqual([5, 384, 20, 384, 5, 390, 20, 390])
  })
})
