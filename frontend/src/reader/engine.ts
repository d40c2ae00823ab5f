/**
 * The one place that meets pdf.js, and `missing.ts` what old browsers lack of what it needs.
 * The viewer reads `globalThis.pdfjsLib`, so the core must be imported before it.
 */
import './missing'
import * as pdfjs from 'pdfjs-dist'
import * as viewer from 'pdfjs-dist/web/pdf_viewer.mjs'
import rendererUrl from './pdf-renderer?worker&url'
import workerUrl from './pdf-worker?worker&url'
import { Ranges } from './ranges'
import type { PaperSource } from './reader'

export { pdfjs, viewer }
export type PdfDocument = Awaited<ReturnType<typeof pdfjs.getDocument>['promise']>
export type PdfPage = Awaited<ReturnType<PdfDocument['getPage']>>

const { AnnotationMode, GlobalWorkerOptions, PDFDataRangeTransport, PDFWorker } = pdfjs

GlobalWorkerOptions.workerSrc = workerUrl
GlobalWorkerOptions.rendererSrc = rendererUrl

/** Decoders, fonts and character maps, served under the version so that they can be kept for ever. */
const assets = new URL(`${import.meta.env.BASE_URL}pdfjs/${pdfjs.version}/`, document.baseURI).href

/**
 * 67 megapixels, an A0 plan at 200 points an inch; larger scans are reduced. Decoded as it is, one
 * of 93 megapixels held 373 MB for as long as its page was kept.
 */
const MAX_IMAGE = 2 ** 28

/** 256 kB: the size of the chunks on the device. */
const CHUNK = 2 ** 18

export const annotationMode = AnnotationMode.ENABLE
export const imageResourcesPath = `${assets}images/`

let shared: InstanceType<typeof PDFWorker> | null = null

/** One worker for every paper: starting it costs more than opening a file. */
export function worker(): InstanceType<typeof PDFWorker> {
  if (!shared || shared.destroyed) shared = new PDFWorker()
  return shared
}

export interface Opened {
  /** Rejects when the file is not a readable PDF, or asks for a password. */
  readonly document: Promise<PdfDocument>
  retry(): Promise<void>
  close(): Promise<void>
}

/** Opens a PDF that is read piece by piece; `onfault` hears each failed read, then null. */
export function open(source: PaperSource, onfault: (error: unknown) => void): Opened {
  const transport = new PDFDataRangeTransport(source.size, null)
  const ranges = new Ranges(source, (begin, bytes) => transport.onDataRange(begin, bytes), onfault)
  transport.requestDataRange = (begin, end) => void ranges.request(begin, end)
  const task = pdfjs.getDocument({
    range: transport,
    rangeChunkSize: CHUNK,
    disableAutoFetch: true,
    disableStream: true,
    enableXfa: false,
    stopAtErrors: false,
    canvasMaxAreaInBytes: MAX_IMAGE,
    worker: worker(),
    wasmUrl: `${assets}wasm/`,
    cMapUrl: `${assets}cmaps/`,
    standardFontDataUrl: `${assets}fonts/`,
    iccUrl: `${assets}iccs/`,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
  })
  return {
    document: task.promise,
    retry: () => ranges.retry(),
    close: () => {
      ranges.close()
      return task.destroy()
    },
  }
}
