import { Unreachable } from './refusals'

export interface Resource<T> {
  /** The last answer; it stays in sight while the next one comes, or fails to. */
  readonly value: T | undefined
  readonly error: unknown
  readonly loading: boolean
  /** True when the last attempt failed for want of a network. */
  readonly offline: boolean
  reload(): Promise<void>
  /** Puts what a deed answered in the place of what was read. */
  set(value: T): void
}

/** Something read from the server, with the states that a screen shows. Reads at once. */
export function resource<T>(read: () => Promise<T>): Resource<T> {
  let value: T | undefined = $state.raw()
  let error: unknown = $state.raw()
  let loading = $state(true)
  let turn = 0

  async function reload() {
    const mine = ++turn
    loading = true
    try {
      const answer = await read()
      if (mine !== turn) return
      value = answer
      error = undefined
    } catch (reason) {
      if (mine === turn) error = reason
    } finally {
      if (mine === turn) loading = false
    }
  }
  void reload()

  return {
    get value() {
      return value
    },
    get error() {
      return error
    },
    get loading() {
      return loading
    },
    get offline() {
      return error instanceof Unreachable
    },
    reload,
    set(next: T) {
      turn += 1
      value = next
      error = undefined
      loading = false
    },
  }
}
