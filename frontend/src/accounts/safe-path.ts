/** An address inside the application, or nothing: a link must not send people elsewhere. */
export function safePath(path: string | undefined): string | undefined {
  if (!path) return undefined
  const inside = /^\/(?![/\\])/.test(path) && URL.canParse(path, 'http://here.invalid')
  return inside && new URL(path, 'http://here.invalid').host === 'here.invalid' ? path : undefined
}
