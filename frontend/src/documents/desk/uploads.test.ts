import { afterEach, describe, expect, it, vi } from 'vitest'
import { Refusal, Unreachable } from '../../api/api'

vi.mock('../../accounts/account.svelte', () => ({ onGoodbye: () => {} }))
vi.stubGlobal('addEventListener', () => {})

type Answer = () => Promise<unknown>
const sent: { url: URL; name: string }[] = []
const answers: Answer[] = []
vi.mock('./send', async (original) => ({
  ...(await original<typeof import('./send')>()),
  sendFile: (url: string, file: File) => {
    sent.push({ url: new URL(url, 'http://cartable.test'), name: file.name })
    return (answers.shift() ?? (() => new Promise(() => {})))()
  },
}))
const { Uploads } = await import('./uploads.svelte')

const AGENDA = [{ id: 'three', number: 3, title: 'Garantie' }]
const pdf = (name: string) => new File(['%PDF-1.7'], name)
const nameOf = () => 'Pièce'
const settled = () => vi.waitFor(() => expect(answers).toEqual([]))
const cut = () => Promise.reject(new Unreachable())
const stored = () => Promise.resolve({ document: { id: 'd' } })
const refused = (code: string) => () => Promise.reject(new Refusal(code, 409, { title: 'Rapport' }))

afterEach(() => {
  sent.length = 0
  answers.length = 0
  vi.useRealTimers()
})

describe('uploads of a sitting', () => {
  it('says where each file goes, and how many do not say it', async () => {
    const uploads = new Uploads('A', 'S')
    const result = uploads.add([pdf('03_rapport.pdf'), pdf('divers.pdf')], AGENDA, nameOf)
    expect(result).toEqual({ placed: 1, unplaced: 1 })
    await vi.waitFor(() => expect(sent).toHaveLength(2))
    const [first, second] = sent.map(({ url }) => Object.fromEntries(url.searchParams))
    expect(first).toMatchObject({ agenda_item_id: 'three', kind: 'report', title: 'Rapport' })
    expect(second).not.toHaveProperty('agenda_item_id')
  })

  it('sends a cut file again by itself under the same id', async () => {
    vi.useFakeTimers()
    answers.push(cut, stored)
    const uploads = new Uploads('A', 'S')
    const arrived: unknown[] = []
    uploads.onstored = (piece) => arrived.push(piece)
    uploads.add([pdf('03_rapport.pdf')], AGENDA, nameOf)
    await vi.advanceTimersByTimeAsync(5_000)
    const ids = sent.map(({ url }) => url.searchParams.get('id'))
    expect(ids).toHaveLength(2)
    expect(ids[0]).toBe(ids[1])
    expect([uploads.queue, arrived.length]).toEqual([[], 1])
  })

  it('leaves a double to the clerk, who may insist', async () => {
    answers.push(refused('duplicate_document'))
    const uploads = new Uploads('A', 'S')
    uploads.add([pdf('03_rapport.pdf')], AGENDA, nameOf)
    await settled()
    await vi.waitFor(() => expect(uploads.queue[0]?.refusal?.code).toBe('duplicate_document'))
    uploads.insist(uploads.queue[0]?.id ?? '')
    await vi.waitFor(() => expect(sent).toHaveLength(2))
    expect(sent.map(({ url }) => url.searchParams.get('allow_duplicate'))).toEqual([null, 'true'])
  })

  it('knows that a new version had arrived when only its answer was lost', async () => {
    vi.useFakeTimers()
    const piece = {
      document: { id: 'd', kind: 'report', title: 'Rapport', agenda_item_id: null },
    } as never
    answers.push(cut, refused('duplicate_document'))
    const uploads = new Uploads('A', 'S')
    uploads.replace(pdf('rapport.pdf'), piece, 'Erreur page 4')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(sent[1]?.url.pathname).toBe('/api/authorities/A/documents/d/versions')
    expect(sent[1]?.url.searchParams.get('reason')).toBe('Erreur page 4')
    expect(uploads.queue).toEqual([])
    answers.push(refused('duplicate_document'))
    uploads.replace(pdf('rapport.pdf'), piece, 'Erreur page 4')
    await vi.advanceTimersByTimeAsync(100)
    expect(uploads.queue[0]?.refusal?.code).toBe('same_version')
  })

  it('never sends an empty file, nor one that is no PDF', async () => {
    const uploads = new Uploads('A', 'S')
    const files = [new File([], 'vide.pdf'), new File(['bonjour'], 'lettre.pdf')]
    uploads.add(files, AGENDA, nameOf)
    await vi.waitFor(() =>
      expect(uploads.queue.map((upload) => upload.refusal?.code)).toEqual([
        'empty_file',
        'not_a_pdf',
      ]),
    )
    expect(sent).toEqual([])
  })
})
