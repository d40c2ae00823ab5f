interface Transaction {
  abort(): void
  readonly done: Promise<unknown>
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
    throw (await reason(tx)) ?? error
  }
}

/** A full disk ends the transaction; its requests only say that they were ended. */
async function reason({ done }: Transaction): Promise<unknown> {
  const why = await done.catch((error: unknown) => error)
  return why instanceof DOMException && why.name !== 'AbortError' ? why : undefined
}

/** A write that is awaited later with its companions: undoing them all is not news of its own. */
export function together<T>(write: Promise<T>): Promise<T> {
  write.catch(() => {})
  return write
}
