/**
 * Writes the shapes of the wire into `src/api/types.ts` from the server's OpenAPI document:
 * `npm run types -- openapi.json`; with `--check`, only fails when they differ.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

const [source, option] = process.argv.slice(2)
if (!source) throw new Error('Which OpenAPI document? npm run types -- openapi.json')
const { paths: _, ...shapes } = JSON.parse(readFileSync(source, 'utf8'))
const tree = await openapiTS({ ...shapes, paths: {} }, { exportType: true })
const header =
  '// Written by `npm run types` from the OpenAPI document of the server; not by hand.\n\n'
const text = `${header}${astToString(tree)}\nexport type Schemas = components['schemas']\n`

if (option !== '--check') writeFileSync('src/api/types.ts', text)
else if (readFileSync('src/api/types.ts', 'utf8') !== text) {
  console.error('src/api/types.ts is older than the server: npm run types')
  process.exit(1)
}
