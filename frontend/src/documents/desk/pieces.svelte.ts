import { api } from '../../api/api'
import type { DeskDocument, DocumentEdit } from './shapes'
import { type Uploads, uploadsOf } from './uploads.svelte'

/** The pieces of a sitting as the clerk works on them. Deeds throw `Refusal` or `Unreachable`. */
export class Pieces {
  list: DeskDocument[] = $state.raw([])
  readonly uploads: Uploads
  readonly #base: string

  constructor(
    readonly authority: string,
    readonly sitting: string,
  ) {
    this.#base = `/api/authorities/${authority}`
    this.uploads = uploadsOf(authority, sitting)
  }

  read(): Promise<DeskDocument[]> {
    return api.get<DeskDocument[]>(`${this.#base}/sittings/${this.sitting}/documents`)
  }

  /** The pieces of an item, or of the whole sitting (null), in order. */
  of(itemId: string | null): DeskDocument[] {
    return this.list
      .filter((piece) => piece.document.agenda_item_id === itemId)
      .sort((a, b) => a.document.position - b.document.position)
  }

  /** Puts one piece as the server has just described it. */
  put(piece: DeskDocument): void {
    const others = this.list.filter((one) => one.document.id !== piece.document.id)
    this.list = [...others, piece]
  }

  async edit(id: string, edit: DocumentEdit): Promise<void> {
    this.put(await api.patch<DeskDocument>(`${this.#base}/documents/${id}`, edit))
  }

  async withdraw(id: string, reason: string): Promise<void> {
    await api.post(`${this.#base}/documents/${id}/withdraw`, { reason })
  }
}
