import { describe, expect, it } from 'vitest'
import { isClosed } from './invitation'

describe('a link that was refused', () => {
  it('is forgotten when it opens nothing any more', () => {
    for (const code of ['ticket_used', 'ticket_cancelled', 'ticket_expired', 'membership_ended']) {
      expect(isClosed(code)).toBe(true)
    }
  })
  it('is kept for whoever signs in first, or tries again', () => {
    for (const code of ['not_signed_in', 'invitation_of_another', 'password_too_common']) {
      expect(isClosed(code)).toBe(false)
    }
  })
})
