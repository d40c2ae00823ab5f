import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { withoutUnused } from './pdfjs-lean'

const FILES = ['build/pdf.mjs', 'build/pdf.worker.mjs', 'web/pdf_viewer.mjs']
const read = (file: string) => readFileSync(`node_modules/pdfjs-dist/${file}`, 'utf8')

describe('pdf.js without what the reader never meets', () => {
  it.each(FILES)('finds each name once in %s', (file) => {
    const code = read(file)
    expect(withoutUnused(file, code).length).toBeLessThan(code.length - 50_000)
  })

  it('takes one declaration and leaves its neighbours', () => {
    const code = read('build/pdf.mjs')
    expect(code).toContain('class InkEditor extends DrawingEditor {\n')
    const kept = withoutUnused('build/pdf.mjs', code)
    expect(kept).toContain('class InkEditor {}\n')
    expect(kept).toContain('class AnnotationLayer {\n')
  })

  it('refuses a version that names things otherwise', () => {
    const renamed = read('build/pdf.mjs').replace('class InkEditor ', 'class PenEditor ')
    expect(() => withoutUnused('build/pdf.mjs', renamed)).toThrow('InkEditor 0 times')
  })
})
