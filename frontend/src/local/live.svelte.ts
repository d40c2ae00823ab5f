import { onChange, type Topic } from './changes'
import { NotHeld } from './store'

export interface Live<T> {
  readonly value: T | undefined
  /** It has a value, or could not be read: a screen that waits for it waits no longer. */
  readonly settled: boolean
}

/**
 * The answer of a query, read again when one of its topics changes. `undefined` until the first
 * answer; what was shown stays while the next is read. What `read` reads before its first await
 * is tracked like any state. Call it while a component is made.
 */
export function live<T>(topics: Topic[], read: () => Promise<T>): Live<T> {
  let value = $state.raw<T | undefined>()
  let failed = $state(false)
  let changes = $state(0)
  let asked = 0
  $effect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = onChange((topic) => {
      // A download tells many changes; one more reading at each 50 ms is enough.
      if (!topics.includes(topic) || timer) return
      timer = setTimeout(() => {
        timer = undefined
        changes += 1
      }, 50)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  })
  $effect(() => {
    void changes
    const mine = ++asked
    read().then(
      (answer) => {
        if (mine === asked) value = answer
      },
      (error: unknown) => {
        // What was wiped must not stay on the screen.
        if (error instanceof NotHeld) value = undefined
        else {
          failed = true
          report(error)
        }
      },
    )
  })
  return {
    get value() {
      return value
    },
    get settled() {
      return failed || value !== undefined
    },
  }
}

/** A store closed under a query is no news; anything else must be seen. */
function report(error: unknown): void {
  if (error instanceof DOMException && error.name === 'InvalidStateError') return
  reportError(error)
}
