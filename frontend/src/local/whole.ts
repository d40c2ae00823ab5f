interface Transaction {
  abort(): void
  readonly done: Promise<void>
}

/**
 * Runs the writes of one transaction and waits until they are kept; undoes all of them when one
 * fails, is refused by a full disk, or throws before it was even asked.
 */
export async function whole<T>(tx: Transaction, work: () => Promise<T>): Promise<T> {
  tx.done.catch(() => {})
  try {
    const result = await work()
    await tx.done
    return result
  } catch (error) {
    try {
      tx.abort()
    } catch {
      // It had already ended by itself.
    }
    throw error
  }
}

/** A write that is awaited later with its companions: undoing them all is not news of its own. */
export function together<T>(write: Promise<T>): Promise<T> {
  write.catch(() => {})
  return write
}
