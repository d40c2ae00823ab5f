/**
 * Bundles the tablets of the model test (`tests/model`) into one file for Node. Patches, a JSON
 * list of `{file, from, to}` on the standard input, each replace one passage of the sources: a
 * passage that is not there exactly once stops everything, as a defect nobody plants proves nothing.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { rolldown } from 'rolldown'

const [out] = process.argv.slice(2)
const patches = JSON.parse(readFileSync(0, 'utf8') || '[]')
const planted = new Set()

const plant = {
  name: 'plant',
  transform(code, id) {
    let text = code
    for (const patch of patches) {
      if (id !== resolve('src', patch.file)) continue
      if (text.split(patch.from).length !== 2) throw new Error(`not once there: ${patch.from}`)
      text = text.replace(patch.from, () => patch.to)
      planted.add(patch)
    }
    return text === code ? null : { code: text, map: null }
  },
}

const bundle = await rolldown({
  input: 'src/sync/testing/tablets/child.ts',
  platform: 'node',
  logLevel: 'warn',
  plugins: [plant],
})
await bundle.write({ file: out, format: 'esm', codeSplitting: false })
if (planted.size !== patches.length) throw new Error('a patch names a file that is not bundled')
