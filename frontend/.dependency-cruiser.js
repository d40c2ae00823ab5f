const screens = 'routes/|App\\.svelte$|main\\.ts$|service-worker\\.ts$'
const tests = '\\.test\\.ts$|^src/.+/testing/'

/** The floors of the interface. `tools/check-floors.js` proves that each rule bites. */
export default {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'ui-knows-no-word-of-the-field',
      severity: 'error',
      from: { path: '^src/ui/' },
      to: { path: '^src/', pathNot: '^src/(ui|i18n)/' },
    },
    {
      name: 'i18n-stands-alone',
      severity: 'error',
      from: { path: '^src/i18n/' },
      to: { path: '^src/', pathNot: '^src/i18n/' },
    },
    {
      name: 'reader-stands-alone',
      comment: 'A host gives it papers and gets marks: it knows no server and no sync.',
      severity: 'error',
      from: { path: '^src/reader/' },
      to: { path: '^src/', pathNot: '^src/(reader|ui|i18n)/' },
    },
    {
      name: 'few-doors-to-the-server',
      comment: 'Councillor screens read the local database; types of the wire are for everybody.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(api|sync|accounts|connections|notifications|[^/]+/desk)/',
      },
      to: { path: '^src/api/', pathNot: '^src/api/types\\.ts$' },
    },
    {
      name: 'api-stands-low',
      severity: 'error',
      from: { path: '^src/api/' },
      to: { path: '^src/', pathNot: '^src/(api|i18n)/' },
    },
    {
      name: 'local-is-the-floor',
      comment: 'The database of the tablet knows no screen, no server and no sync.',
      severity: 'error',
      from: { path: '^src/local/' },
      to: { path: '^src/(api/api|sync/|routes/|[^/]+/desk/)|^src/.*\\.svelte$' },
    },
    {
      name: 'desks-are-apart',
      comment: 'What a councillor carries must not bring the desk along.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${screens}|[^/]+/desk/)` },
      to: { path: '^src/[^/]+/desk/' },
    },
    {
      name: 'routes-choose-screens',
      severity: 'error',
      from: { path: '^src/routes/' },
      to: { path: '^src/', pathNot: '^src/(routes|ui|i18n)/|\\.svelte$' },
    },
    {
      name: 'nobody-imports-routes',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${screens})` },
      to: { path: '^src/routes/' },
    },
    {
      name: 'every-import-exists',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-test-tools-in-the-product',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { dependencyTypes: ['npm-dev'], pathNot: '^node_modules/vite/client' },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { path: tests },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Types count: a screen that names a type of the desk leans on it.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['svelte', 'browser', 'import', 'types', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.svelte', '.svelte.ts', '.d.ts', '.json'],
    },
  },
}
