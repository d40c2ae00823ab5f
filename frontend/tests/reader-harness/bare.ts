/** What the reader is compared with: pdf.js alone, the same file, one page at the same scale. */
import * as pdfjs from 'pdfjs-dist/legacy/build/pdf.mjs'
import rendererUrl from 'pdfjs-dist/legacy/build/pdf.renderer.min.mjs?url'
import workerUrl from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?url'

pdfjs.GlobalWorkerOptions.workerSrc = workerUrl
pdfjs.GlobalWorkerOptions.rendererSrc = rendererUrl
const worker = new pdfjs.PDFWorker()

/** Milliseconds from the call to the page drawn at `width` CSS pixels. */
async function draw(url: string, width: number): Promise<number> {
  const canvas = document.querySelector('canvas')
  if (!canvas) throw new Error('no canvas')
  const start = performance.now()
  const task = pdfjs.getDocument({
    url,
    worker,
    rangeChunkSize: 2 ** 18,
    disableAutoFetch: true,
    disableStream: true,
  })
  const page = await (await task.promise).getPage(1)
  const base = page.getViewport({ scale: 1 })
  const viewport = page.getViewport({ scale: (width / base.width) * devicePixelRatio })
  canvas.width = viewport.width
  canvas.height = viewport.height
  await page.render({ canvas, viewport }).promise
  const took = performance.now() - start
  await task.destroy()
  return took
}

Object.assign(window, { draw })
