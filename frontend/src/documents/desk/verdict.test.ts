import { describe, expect, it } from 'vitest'
import type { DeskDocument, DocumentVersion } from './shapes'
import { verdictOf } from './verdict'

function version(change: Partial<DocumentVersion>): DocumentVersion {
  return {
    id: 'v',
    document_id: 'd',
    number: 1,
    state: 'ready',
    file_name: 'a.pdf',
    sha256: '',
    size: 1,
    slices: [],
    pages: 1,
    flags: [],
    refusal: null,
    reason: '',
    text: null,
    preview: null,
    created_at: '2026-11-21T12:00:00Z',
    ...change,
  }
}

function piece(change: Partial<DeskDocument>, withdrawn_at: string | null = null): DeskDocument {
  return {
    document: {
      id: 'd',
      sitting_id: 's',
      agenda_item_id: null,
      position: 1,
      kind: 'report',
      title: 'Rapport',
      version_id: null,
      withdrawn_at,
      withdrawn_reason: '',
    },
    state: 'ready',
    current: null,
    pending: null,
    ...change,
  }
}

describe('how a piece stands', () => {
  it('is ready when its file says nothing against it', () => {
    const verdict = verdictOf(piece({ current: version({ flags: ['rotated', 'no_preview'] }) }))
    expect([verdict.state, verdict.flags]).toEqual(['ready', []])
  })

  it('is ready with a word when the flag only informs', () => {
    const verdict = verdictOf(piece({ current: version({ flags: ['signed'] }) }))
    expect([verdict.state, verdict.flags]).toEqual(['ready', ['signed']])
  })

  it('is to review when a flag matters, the gravest first', () => {
    const verdict = verdictOf(piece({ current: version({ flags: ['signed', 'little_text'] }) }))
    expect([verdict.state, verdict.flags]).toEqual(['to_review', ['little_text', 'signed']])
  })

  it('is being checked, with or without an earlier content', () => {
    const pending = version({ state: 'checking' })
    const first = verdictOf(piece({ state: 'checking', pending }))
    expect([first.state, first.hasPrevious]).toEqual(['checking', false])
    const next = verdictOf(piece({ state: 'checking', current: version({}), pending }))
    expect([next.state, next.hasPrevious]).toEqual(['checking', true])
  })

  it('is refused with its code', () => {
    const pending = version({ state: 'refused', refusal: 'password_needed' })
    const verdict = verdictOf(piece({ state: 'refused', pending }))
    expect([verdict.state, verdict.refusal]).toEqual(['refused', 'password_needed'])
  })

  it('is withdrawn above all', () => {
    const current = version({ flags: ['little_text'] })
    const verdict = verdictOf(piece({ state: 'withdrawn', current }, '2026-11-21T12:00:00Z'))
    expect(verdict.state).toBe('withdrawn')
  })
})
