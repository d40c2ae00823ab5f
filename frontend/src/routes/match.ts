export type Params = Record<string, string>

/** The parameters of `path` under `pattern` ("/seances/:authority/:sitting"), or null when it is another. */
export function match(pattern: string, path: string): Params | null {
  const wanted = pattern.split('/')
  const given = path.length > 1 ? path.replace(/\/$/, '').split('/') : path.split('/')
  if (wanted.length !== given.length) return null
  const params: Params = {}
  for (const [index, step] of wanted.entries()) {
    const value = given[index] ?? ''
    if (step.startsWith(':')) {
      const text = decode(value)
      if (!text) return null
      params[step.slice(1)] = text
    } else if (step !== value) return null
  }
  return params
}

function decode(value: string): string | null {
  try {
    return decodeURIComponent(value)
  } catch {
    return null
  }
}
