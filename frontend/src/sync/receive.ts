import type { Schemas } from '../api/types'
import type { WireRow } from '../local/kinds'
import type { Holding, Receipt } from '../local/receipts'
import type { Decision } from '../local/rows'
import type { Mark } from '../local/schema'

/** What the server answers to a pull. */
export type Pulled = Omit<Schemas['Pulled'], 'rows'> & { rows: WireRow[] }

/** What was sent is kept for the day a server is restored from a backup, this old at most. */
const KEPT_MS = 35 * 24 * 3_600_000

/**
 * What to do with a page, given the durable mark it meets and what its request had listed; null
 * when it answers another cursor than the one in force. Called inside the transaction that applies
 * the page.
 */
export function receive(mark: Mark, answer: Pulled, listed: Holding): Decision | null {
  if (answer.cursor_in !== mark.cursor) return null
  const scan = answer.reset ? mark.scan + 1 : mark.scan
  const scanning = answer.reset || mark.scanning
  return {
    mark: {
      cursor: answer.cursor,
      epoch: answer.epoch,
      scan,
      scanning: scanning && answer.more,
      now: answer.now,
    },
    sweep: scanning && !answer.more,
    receipt: answer.more ? null : acknowledge(answer, listed),
  }
}

/** Acknowledgement by identity: only of what this very request had listed. */
function acknowledge({ held, epoch, now }: Pulled, { waiting, sent }: Holding): Receipt {
  const has = new Set(held)
  return {
    held: [...waiting, ...sent].filter((mid) => has.has(mid)),
    lost: sent.filter((mid) => !has.has(mid)),
    epoch,
    now,
    keptSince: new Date(Date.parse(now) - KEPT_MS).toISOString(),
  }
}
