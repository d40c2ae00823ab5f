/** The list with one element at another place (from 0); places outside are brought back inside. */
export function placed<T extends { id: string }>(list: readonly T[], id: string, to: number): T[] {
  const from = list.findIndex((one) => one.id === id)
  const moved = list[from]
  if (!moved) return [...list]
  const rest = list.filter((one) => one.id !== id)
  rest.splice(Math.max(0, Math.min(to, rest.length)), 0, moved)
  return rest
}

/** Positions from 1, and numbers that skip headings: what the server will answer. */
export function renumbered<T extends { kind: string; position: number; number: number | null }>(
  list: readonly T[],
): T[] {
  let number = 0
  return list.map((item, index) => {
    if (item.kind === 'heading') return { ...item, position: index + 1, number: null }
    number += 1
    return { ...item, position: index + 1, number }
  })
}

/**
 * Where an element dragged to height `y` goes, from 0 among the others.
 * `middles`: heights of the middles of the other elements, in order.
 */
export function placeAt(middles: readonly number[], y: number): number {
  const index = middles.findIndex((middle) => y < middle)
  return index === -1 ? middles.length : index
}
