/**
 * Loads the engine and starts its worker while nothing else happens, so that a tap on a paper shows
 * its first page at once. WebKit has no `requestIdleCallback`.
 */
export function warmReader(): void {
  const idle = globalThis.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 1500))
  idle(() => {
    void import('./engine').then(({ worker }) => worker())
    void import('./Reader.svelte')
  })
}
