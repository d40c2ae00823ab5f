import { type Pending, readPending } from './outbox'
import type { Store } from './schema'

/**
 * What one change makes of one row: `row` is undefined where there is none yet. Gives the row as
 * the screen shows it from now on, null when it is gone, and `row` itself when the change is no
 * concern of this domain. Pure.
 */
export type Rule<V> = (row: V | undefined, change: Pending) => V | null | undefined

/**
 * The screen is rows + outbox replayed: what was written here shows at once, and stays shown
 * through every pull until the rows themselves bring it. Rows keep their order, new ones follow.
 */
export function replay<V extends { id: string }>(
  rows: readonly V[],
  pending: readonly Pending[],
  rule: Rule<V>,
): V[] {
  const shown = new Map(rows.map((row) => [row.id, row]))
  for (const change of pending) {
    const before = shown.get(change.entity)
    const after = rule(before, change)
    if (after === before) continue
    if (after) shown.set(change.entity, after)
    else shown.delete(change.entity)
  }
  return [...shown.values()]
}

/**
 * Rows and outbox as they are now, replayed. The outbox is read first: a change acknowledged in
 * between is then shown twice by the same rule, which is harmless, and never not at all.
 */
export async function readView<V extends { id: string }>(
  store: Store,
  read: () => Promise<V[]>,
  rule: Rule<V>,
): Promise<V[]> {
  const pending = await readPending(store)
  return replay(await read(), pending, rule)
}
