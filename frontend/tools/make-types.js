/** Writes `src/api/types.ts` from an OpenAPI file: `npm run types -- ../var/openapi.json`. */
import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

const [source] = process.argv.slice(2)
if (!source) throw new Error('Which OpenAPI file? npm run types -- <file>')
const tree = await openapiTS(JSON.parse(readFileSync(source, 'utf8')))
const header = '// Written by `npm run types` from the server’s OpenAPI document; not by hand.\n\n'
writeFileSync('src/api/types.ts', header + astToString(tree))
