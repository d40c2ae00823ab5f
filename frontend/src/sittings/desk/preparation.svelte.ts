import { api, Refusal, Unreachable } from '../../api/api'
import { Pieces } from '../../documents/desk/pieces.svelte'
import type { DeskDocument } from '../../documents/desk/shapes'
import { placed, renumbered } from './order'
import type {
  AgendaItem,
  Colleague,
  NewAgendaItem,
  NewSitting,
  Sitting,
  SittingDetail,
} from './shapes'

/**
 * One sitting on the clerk's desk. Deeds show at once where that is honest, and throw `Refusal` or
 * `Unreachable` after having put back what the server knows.
 */
export class Preparation {
  detail: SittingDetail | undefined = $state.raw()
  colleagues: Colleague[] = $state.raw([])
  failure: unknown = $state.raw()
  isOnline = $state(true)
  /** Deeds on their way to the server. */
  pending = $state(0)
  readonly pieces: Pieces

  readonly #base: string
  /** Raised by each deed: an answer read before one is older than what the screen shows. */
  #turn = 0
  #order: Promise<void> | undefined

  constructor(
    readonly authority: string,
    readonly sitting: string,
  ) {
    this.#base = `/api/authorities/${authority}`
    this.pieces = new Pieces(authority, sitting)
  }

  async open(): Promise<void> {
    this.failure = undefined
    try {
      const members = api.get<Colleague[]>(`${this.#base}/members`, { query: { state: 'active' } })
      const [, colleagues] = await Promise.all([this.#read(), members])
      this.colleagues = colleagues
      this.isOnline = true
    } catch (error) {
      this.failure = error
    }
  }

  /** Reads everything again; what is on the screen stays when the server does not answer. */
  async refresh(): Promise<void> {
    try {
      await this.#read()
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) this.failure = error
    }
  }

  async #read(): Promise<void> {
    const turn = this.#turn
    const path = `${this.#base}/sittings/${this.sitting}`
    const [detail, list] = await Promise.all([api.get<SittingDetail>(path), this.pieces.read()])
    // Something was done meanwhile: this answer may be older than what the screen shows.
    if (turn !== this.#turn) {
      if (this.pending === 0) return this.#read()
      return
    }
    this.detail = detail
    this.pieces.list = list
  }

  /** A piece that has just reached the server: newer than any answer still on its way. */
  received(piece: DeskDocument): void {
    this.#turn += 1
    this.pieces.put(piece)
  }

  answered(isThere: boolean): void {
    const isBack = isThere && !this.isOnline
    this.isOnline = isThere
    if (isBack) this.pieces.uploads.reconnect()
  }

  /** Runs a deed, then reads what the server has made of it. */
  async act<T>(deed: () => Promise<T>): Promise<T> {
    this.pending += 1
    this.#turn += 1
    try {
      return await deed()
    } catch (error) {
      if (error instanceof Unreachable) this.isOnline = false
      throw error
    } finally {
      this.#turn += 1
      this.pending -= 1
      if (this.pending === 0) void this.refresh()
    }
  }

  addItem(item: NewAgendaItem): Promise<AgendaItem> {
    return this.act(() =>
      api.post<AgendaItem>(`${this.#base}/sittings/${this.sitting}/agenda`, item),
    )
  }

  async editItem(id: string, edit: Partial<NewAgendaItem>): Promise<void> {
    const item = await this.act(() => api.patch<AgendaItem>(`${this.#base}/agenda/${id}`, edit))
    this.#show((agenda) => agenda.map((one) => (one.id === id ? item : one)))
  }

  async removeItem(id: string): Promise<void> {
    await this.act(() => api.delete(`${this.#base}/agenda/${id}`))
    this.#show((agenda) => renumbered(agenda.filter((one) => one.id !== id)))
  }

  /** Puts an item at a place (from 0). The newest order wanted is sent, one request at a time. */
  async moveItem(id: string, to: number): Promise<void> {
    const before = this.detail?.agenda
    this.#show((agenda) => renumbered(placed(agenda, id, to)))
    if (this.#order) return this.#order
    this.#order = this.act(() => this.#sendOrder())
    try {
      await this.#order
    } catch (error) {
      if (before) this.#show(() => before)
      throw error
    } finally {
      this.#order = undefined
    }
  }

  async #sendOrder(): Promise<void> {
    let sent: string | undefined
    for (;;) {
      const items = this.detail?.agenda.map((item) => item.id) ?? []
      if (items.join() === sent) return
      sent = items.join()
      await api.post(`${this.#base}/sittings/${this.sitting}/agenda/order`, { items })
    }
  }

  edit(edit: Partial<NewSitting>): Promise<Sitting> {
    return this.act(() => api.patch<Sitting>(`${this.#base}/sittings/${this.sitting}`, edit))
  }

  /** The draft and its pieces go. */
  async delete(): Promise<void> {
    await api.delete(`${this.#base}/sittings/${this.sitting}`)
    this.pieces.uploads.clear()
  }

  callGuest(memberId: string): Promise<void> {
    const path = `${this.#base}/sittings/${this.sitting}/guests`
    return this.act(() => api.post(path, { member_id: memberId }))
  }

  dismissGuest(memberId: string): Promise<void> {
    return this.act(() => api.delete(`${this.#base}/sittings/${this.sitting}/guests/${memberId}`))
  }

  convene(): Promise<Sitting> {
    return this.act(() => api.post<Sitting>(`${this.#base}/sittings/${this.sitting}/convene`))
  }

  #show(change: (agenda: AgendaItem[]) => AgendaItem[]): void {
    if (this.detail) this.detail = { ...this.detail, agenda: change(this.detail.agenda) }
  }
}
