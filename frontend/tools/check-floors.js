/**
 * Holds the floors of `src/` (rules in `.dependency-cruiser.js`), then walks the planted house of
 * `planted.js` and fails if one of its faults was not seen: without a compiler for `.svelte` or
 * TypeScript files, the linter would otherwise pass in silence.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { planted, sound } from './planted.js'

const cruiser = resolve('node_modules/.bin/depcruise')

/** Every violation in the `src` of `house`, as "rule: from → to". */
function violations(house) {
  const run = spawnSync(
    cruiser,
    ['--config', '.dependency-cruiser.js', '--output-type', 'json', 'src'],
    { cwd: house, encoding: 'utf8', maxBuffer: 1 << 28 },
  )
  if (!run.stdout) throw new Error(run.stderr)
  const { summary } = JSON.parse(run.stdout)
  return {
    modules: summary.totalCruised,
    found: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  }
}

function plantedHouse() {
  const house = mkdtempSync(join(tmpdir(), 'floors-'))
  for (const file of ['.dependency-cruiser.js', 'tsconfig.json', 'package.json']) {
    cpSync(file, join(house, file))
  }
  symlinkSync(join(process.cwd(), 'node_modules'), join(house, 'node_modules'))
  for (const [path, text] of [...sound, ...planted.map(([, ...file]) => file)]) {
    mkdirSync(dirname(join(house, path)), { recursive: true })
    writeFileSync(join(house, path), text)
  }
  return house
}

const own = violations('.')
for (const { rule, from, to } of own.found) console.error(`${rule}: ${from} → ${to}`)

const house = plantedHouse()
const seen = violations(house).found
rmSync(house, { recursive: true })
const missed = planted.filter(
  ([rule, path]) => !seen.some((one) => one.rule === rule && one.from === path),
)
const invented = seen.filter((one) => !planted.some(([rule]) => rule === one.rule))
const innocent = seen.filter(
  (one) => sound.some(([path]) => path === one.from) && one.rule !== 'no-circles',
)
for (const [rule, path] of missed) console.error(`blind: ${rule} does not see ${path}`)
for (const { rule, from } of [...invented, ...innocent])
  console.error(`too strict: ${rule} at ${from}`)

console.log(
  `floors: ${own.modules} files, ${own.found.length} violations; ` +
    `${planted.length - missed.length} of ${planted.length} planted faults seen`,
)
if (own.found.length + missed.length + invented.length + innocent.length > 0) process.exit(1)
