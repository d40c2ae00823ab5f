import type { Plugin } from 'vite'

/**
 * Takes out the `&` that the minifier writes before every nested selector and that no browser of
 * `build.target` needs: `&:hover` and `&.main` keep theirs, which says something.
 */
export function leanNesting(css: string): string {
  return css.replace(/([{};])&(?: |(?=[>+~]))/g, '$1')
}

/** The same, for the sheets of the build. */
export function leanSheets(): Plugin {
  return {
    name: 'lean-sheets',
    enforce: 'post',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'asset' && file.fileName.endsWith('.css')) {
          file.source = leanNesting(String(file.source))
        }
      }
    },
  }
}
