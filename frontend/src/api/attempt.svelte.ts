export interface Attempt {
  /** A deed is under way. */
  readonly busy: boolean
  /** Why the last one failed; undefined from the moment another begins. */
  readonly failure: unknown
  /** Does it, unless another is under way. Resolves when it is over, failed or not. */
  run(deed: () => Promise<void>): Promise<void>
  forget(): void
}

/** What somebody asks the server to do, one at a time, with the states that a screen shows. */
export function attempt(): Attempt {
  let busy = $state(false)
  let failure: unknown = $state.raw()
  // An effect that asks for a deed does not depend on its states.
  let running = false

  return {
    get busy() {
      return busy
    },
    get failure() {
      return failure
    },
    async run(deed) {
      if (running) return
      running = busy = true
      failure = undefined
      try {
        await deed()
      } catch (error) {
        failure = error
      } finally {
        running = busy = false
      }
    },
    forget() {
      failure = undefined
    },
  }
}
