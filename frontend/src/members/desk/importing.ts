import { Unreachable } from '../../api/api'
import type { Schemas } from '../../api/types'
import { date } from '../../i18n/dates'
import { hasText, t } from '../../i18n/t'
import { phoneInWords } from '../phone'

export type ImportPreview = Schemas['ImportPreview']
export type ImportLine = ImportPreview['people'][number]
export type ImportFault = ImportPreview['errors'][number]
export type Imported = Schemas['Imported']
type Change = ImportLine['changes'][number]

/** Bytes that one import takes; the wire adds a third to them. */
export const MOST_BYTES = 700_000

const TRIES = 6

/**
 * Sends an import until the server has answered: what it did before a cut counts as done. `cut` is
 * told at each one, and gives up by answering false; `pause` waits before the next try (milliseconds).
 * Rejects with `Unreachable` after half a minute of cuts.
 */
export async function untilAnswered<T>(
  deed: () => Promise<T>,
  cut: () => boolean,
  pause: (ms: number) => Promise<unknown> = (ms) => new Promise((done) => setTimeout(done, ms)),
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await deed()
    } catch (error) {
      if (!(error instanceof Unreachable) || tries === TRIES || !cut()) throw error
      await pause(tries * 2_000)
    }
  }
}

/** The bytes of a file as the wire carries them. */
export async function base64(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  }
  return btoa(text)
}

/** « E », as a spreadsheet names its fifth column. */
export function columnName(column: number): string {
  let name = ''
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name
  }
  return name
}

export function fieldName(field: string): string {
  const key = `importing.fields.${field}`
  return hasText(key) ? t(key) : field
}

/** « Ligne 12, colonne E » */
export function whereInWords({ line, column }: ImportFault): string {
  return column > 0
    ? t('importing.where', { line: String(line), column: columnName(column) })
    : t('importing.where_line', { line: String(line) })
}

export function faultInWords(fault: ImportFault): string {
  const key = `importing.faults.${fault.code}`
  if (!hasText(key)) return fault.code
  return t(key, { field: fieldName(fault.field), other: String(fault.other_line) })
}

/** « Téléphone : 06 12 34 56 78 (avant : 01 02 03 04 05) » */
export function changeInWords(change: Change): string {
  if (change.field === 'access') return t('importing.reopened')
  const field = fieldName(change.field)
  const [before, after] = [valueInWords(change, change.before), valueInWords(change, change.after)]
  return before
    ? t('importing.change_from', { field, before, after })
    : t('importing.change', { field, after })
}

function valueInWords({ field }: Change, value: string): string {
  if (field === 'phone') return phoneInWords(value)
  if (field === 'voting' && value) return t(value === 'yes' ? 'importing.yes' : 'importing.no')
  return /^\d{4}-\d\d-\d\d$/.test(value) ? date(value) : value
}

export function noteInWords(note: string): string {
  const key = `importing.notes.${note}`
  return hasText(key) ? t(key) : note
}
