import type { Plugin } from 'vite'

const EMPTY = 'class _ {}'

/**
 * What the reader never meets in each file of pdf.js, and what stands in its place. What only these
 * used falls with them when the bundle is shaken: half of the viewer, a quarter of the worker.
 */
const CUTS: Record<string, Record<string, string>> = {
  'build/pdf.mjs': {
    // Marks are our own layer: pdf.js's editors of notes, ink, stamps and signatures.
    AnnotationEditorLayer: EMPTY,
    AnnotationEditorUIManager: EMPTY,
    AnnotationEditor: EMPTY,
    DrawingEditor: EMPTY,
    FreeTextEditor: EMPTY,
    HighlightEditor: EMPTY,
    InkEditor: EMPTY,
    SignatureEditor: EMPTY,
    StampEditor: EMPTY,
    SignatureExtractor: EMPTY,
    ColorPicker: EMPTY,
    BasicColorPicker: EMPTY,
    HighlightOutliner: EMPTY,
    FreeDrawOutliner: EMPTY,
    // Pictures to copy with a right click: off.
    TextLayerImages: EMPTY,
    // `enableXfa` is false: forms of that kind show the page that says so.
    XfaLayer: EMPTY,
    // Papers come by `PDFDataRangeTransport` alone.
    PDFFetchStream: EMPTY,
    PDFNetworkStream: EMPTY,
    PDFNodeStream: EMPTY,
  },
  'build/pdf.worker.mjs': {
    // Merging and taking out pages.
    PDFEditor: EMPTY,
    // Comments keep their words, without bold and italics.
    XFAFactory: 'class _ { static getRichTextAsHtml() { return null } }',
    getXfaFontName: 'function _() { return null }',
    getXfaFontDict: 'function _() { return null }',
  },
  'web/pdf_viewer.mjs': {
    // The words, the search and the history are ours; scripts of papers never run.
    genericl10n_GenericL10n: EMPTY,
    PDFFindController: EMPTY,
    PDFHistory: EMPTY,
    PDFScriptingManager: EMPTY,
    PDFScriptingManagerComponents: EMPTY,
    PDFSinglePageViewer: EMPTY,
    DownloadManager: EMPTY,
    ProgressBar: EMPTY,
    AnnotationEditorLayerBuilder: EMPTY,
    XfaLayerBuilder: EMPTY,
  },
}

/** A declaration that begins and ends at the margin, as pdf.js's build writes them. */
const declaration = (name: string) =>
  new RegExp(`^(?:async )?(?:class|function) ${name}\\b.*\\{\\n[^]*?^\\}$`, 'gm')

/** `code` of one file of pdf.js without what is never met; refuses when a name is not there once. */
export function withoutUnused(file: string, code: string): string {
  let kept = code
  for (const [name, instead] of Object.entries(CUTS[file] ?? {})) {
    const found = kept.match(declaration(name))?.length ?? 0
    if (found !== 1) throw new Error(`${file} declares ${name} ${found} times: look at it again`)
    kept = kept.replace(declaration(name), () => instead.replace('_', name))
  }
  return kept
}

/** Leaves out of pdf.js what the reader never meets; its licence asks to say that it was changed. */
export function leanPdfjs(): Plugin {
  return {
    name: 'pdfjs-lean',
    apply: 'build',
    transform(code, id) {
      const file = Object.keys(CUTS).find((one) => id.endsWith(`/pdfjs-dist/${one}`))
      return file ? { code: withoutUnused(file, code), map: null } : undefined
    },
  }
}
