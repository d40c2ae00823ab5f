/** A house in which every rule of `.dependency-cruiser.js` is broken once: rule, file, what it says. */
const script = (line) => `<script lang="ts">\n  ${line}\n</script>\n`

export const planted = [
  ['ui-knows-no-word-of-the-field', 'src/ui/A.svelte', script("import '../sittings/sitting'")],
  ['i18n-stands-alone', 'src/i18n/t.ts', "import '../ui/tone'\n"],
  ['reader-stands-alone', 'src/reader/Reader.svelte', script("import '../local/files'")],
  ['few-doors-to-the-server', 'src/sittings/MySittings.svelte', script("import '../api/api'")],
  ['api-stands-low', 'src/api/api.ts', "import '../accounts/me'\nexport {}\n"],
  ['local-is-the-floor', 'src/local/outbox.ts', "import '../sync/loop'\n"],
  ['desks-are-apart', 'src/documents/Piece.svelte', script("import './desk/queue'")],
  ['routes-choose-screens', 'src/routes/ARoute.svelte', script("import '../local/files'")],
  ['nobody-imports-routes', 'src/votes/Votes.svelte', script("import '../routes/table'")],
  ['every-import-exists', 'src/sittings/lost.ts', "import './nowhere'\n"],
  ['no-test-tools-in-the-product', 'src/sync/loop.ts', "import 'fake-indexeddb'\n"],
  ['no-tests-in-the-product', 'src/sync/leak.ts', "import './testing/world'\n"],
  ['no-circles', 'src/members/one.ts', "import './two'\n"],
]

/** What the faults above lean on; nothing wrong here. */
export const sound = [
  ['src/sittings/sitting.ts', 'export {}\n'],
  ['src/ui/tone.ts', 'export {}\n'],
  ['src/local/files.ts', 'export {}\n'],
  ['src/accounts/me.ts', 'export {}\n'],
  ['src/documents/desk/queue.ts', "import '../../api/api'\n"],
  ['src/routes/table.ts', 'export {}\n'],
  ['src/sync/testing/world.ts', "import 'fake-indexeddb'\n"],
  ['src/members/two.ts', "import './one'\n"],
  ['src/sync/pull.ts', "import '../api/api'\nimport '../local/files'\n"],
]
