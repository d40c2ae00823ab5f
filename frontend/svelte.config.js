import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** Components that have styles of their own, always in the same order. */
const styled = readdirSync(resolve('src'), { recursive: true })
  .map((name) => resolve('src', name))
  .filter((file) => file.endsWith('.svelte') && readFileSync(file, 'utf8').includes('<style'))
  .sort()

/**
 * The class that keeps a component's styles its own: a rank weighs less than a hash, in the sheet
 * and in the script. What came since the server of development started is hashed.
 */
function cssHash({ hash, css, filename }) {
  const rank = styled.indexOf(resolve(filename ?? ''))
  return rank < 0 ? `_-${hash(css)}` : `_${rank.toString(36)}`
}

export default { compilerOptions: { runes: true, cssHash } }
