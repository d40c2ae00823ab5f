import { untrack } from 'svelte'
import { recall, remember } from '../local/device'
import type { Annotation } from '../local/kinds'
import { live } from '../local/live.svelte'
import { type Base, type Draft, readPending, seqOf, uuid7 } from '../local/outbox'
import { readUnder } from '../local/rows'
import type { Store } from '../local/store'
import { replay } from '../local/view'
import type { Colour, Made, Mark, Marking, NotePlace } from '../reader/marks'
import { pageHash } from './page-hash'
import { annotationRule } from './replay'
import { type Fresh, Saving } from './saving.svelte'
import { type Deed, draftOf, type Step } from './steps'
import { Writing } from './writing.svelte'

/** The version of a piece that is open. */
export interface About {
  document: string
  sha256: string
  /** One string a page; null while they are not on the tablet. */
  texts: () => Promise<string[] | null>
}

const PEN = 'pen'

type Gone = ReadonlyMap<string, Annotation>

async function readAnnotations(store: Store, document: string, gone: Gone): Promise<Annotation[]> {
  // The outbox first: a change acknowledged in between is then shown twice, and never not at all.
  const pending = await readPending(store)
  const rows = await readUnder(store, 'annotation', document)
  return replay(rows, pending, annotationRule(new Map(gone))).filter(
    (one) => one.document_id === document,
  )
}

/**
 * My notes of one piece, live: what is in the tablet, with what was just done shown at once and
 * saved behind. Make one while a component is made.
 */
export class PieceNotes implements Marking {
  penKnown = $state(false)
  /** The one to be looked at. */
  chosen = $state<string | null>(null)
  writing = $state.raw<Writing | null>(null)
  readonly saving: Saving
  /** As they were when they were deleted here, or when a hand began to change them. */
  readonly #gone = new Map<string, Annotation>()
  readonly #read: { readonly value: { rows: Annotation[]; shown: Set<Fresh> } | undefined }
  #undo = $state.raw<Deed[]>([])
  #redo = $state.raw<Deed[]>([])
  #texts: Promise<string[] | null> | null = null
  #base: Promise<Base> | null = null

  readonly all: Annotation[] = $derived.by(() => {
    const { rows, shown } = this.#read.value ?? { rows: [], shown: new Set() }
    const fresh = this.saving.fresh.filter((one) => !shown.has(one))
    return replay(
      rows,
      fresh.map(({ change }) => change),
      annotationRule(new Map(this.#gone)),
    )
  })
  /** Those of the version that is open. */
  readonly here: Annotation[] = $derived.by(() => {
    const here = this.all.filter((one) => one.sha256 === this.about.sha256)
    // Deleted elsewhere meanwhile: it stays under the hand, whose next words bring it back.
    const held = this.writing && !this.writing.isNew ? this.writing.annotation : null
    return held && !here.some(({ id }) => id === held.id) ? [...here, held] : here
  })
  readonly elsewhere: Annotation[] = $derived(
    this.all.filter((one) => one.sha256 !== this.about.sha256),
  )
  readonly marks: Mark[] = $derived.by(() => {
    const made = this.writing?.isNew && !this.writing.isKept ? [this.writing.annotation] : []
    const known = this.here.some(({ id }) => id === made[0]?.id)
    return [...this.here, ...(known ? [] : made)].map(markOf)
  })

  constructor(
    private readonly store: Store,
    private readonly about: About,
  ) {
    this.saving = new Saving(store)
    this.#read = live(['rows', 'outbox'], async () => {
      const shown = new Set(untrack(() => this.saving.fresh.filter(({ isKept }) => isKept)))
      return { rows: await readAnnotations(store, about.document, this.#gone), shown }
    })
    $effect(() => {
      const shown = this.#read.value?.shown
      if (shown?.size) untrack(() => this.saving.read(shown))
    })
    void recall<boolean>(PEN).then((known) => {
      this.penKnown ||= known ?? false
    })
  }

  /** False until the tablet has been read once. */
  get isRead(): boolean {
    return this.#read.value !== undefined
  }

  get canUndo(): boolean {
    return this.#undo.length > 0
  }

  get canRedo(): boolean {
    return this.#redo.length > 0
  }

  onpen(): void {
    this.penKnown = true
    void remember(PEN, true)
  }

  put(made: Made[]): void {
    const puts = made.map(({ page, shape }) => this.#make(page, shape))
    this.#do({
      done: puts.map((put) => ({ put })),
      undone: puts.map(({ id }) => ({ remove: id })),
    })
  }

  /** Returns the deed, so that exactly this can be taken back later. */
  remove(ids: string[]): Deed {
    const gone = this.all.filter(({ id }) => ids.includes(id))
    if (this.writing && ids.includes(this.writing.annotation.id)) this.writing = null
    const deed = {
      done: gone.map(({ id }) => ({ remove: id })),
      undone: gone.map((revive) => ({ revive })),
    }
    this.#do(deed)
    return deed
  }

  recolour({ id, mark }: Annotation, colour: Colour): void {
    this.#do({ done: [{ style: id, colour }], undone: [{ style: id, colour: mark.colour }] })
  }

  /** Two texts of one note, both wanted: the sibling becomes a note of its own. */
  keepBoth(sibling: Annotation): void {
    const own = { ...sibling, id: uuid7(), forked_from: null, device_name: '' }
    this.#do({
      done: [{ put: own }, { remove: sibling.id }],
      undone: [{ revive: sibling }, { remove: own.id }],
    })
  }

  undo(): void {
    this.finish()
    const deed = this.#undo.at(-1)
    if (deed) this.takeBack(deed)
  }

  /** Takes one deed back, the last one or an earlier one. */
  takeBack(deed: Deed): void {
    if (!this.#undo.includes(deed)) return
    this.#undo = this.#undo.filter((one) => one !== deed)
    this.#redo = [...this.#redo, deed]
    this.#run(deed.undone)
  }

  redo(): void {
    this.finish()
    const deed = this.#redo.at(-1)
    if (!deed) return
    this.#redo = this.#redo.slice(0, -1)
    this.#undo = [...this.#undo, deed]
    // What was put once has been deleted by the undo.
    this.#run(deed.done.map((step) => ('put' in step ? { revive: step.put } : step)))
  }

  open(id: string): void {
    this.finish()
    this.chosen = id
  }

  /** A note begins at a place; nothing is kept before its first word. */
  write({ page, x, y, quote }: NotePlace): void {
    this.finish()
    const note = { kind: 'note' as const, colour: 'yellow' as const, text: '', label: '' }
    const annotation = this.#make(page, { ...note, x, y, quote })
    this.writing = new Writing(annotation, true, (text, isFirst) => {
      const put = { ...annotation, mark: { ...annotation.mark, text } as Annotation['mark'] }
      this.#keepWords(isFirst ? { put } : { edit: annotation.id, text })
    })
    this.#base = null
    this.chosen = annotation.id
  }

  /** Opens the words of an annotation: a note's text, another's label. */
  edit(annotation: Annotation): void {
    this.finish()
    const { id, mark } = annotation
    this.#gone.set(id, annotation)
    const step = (text: string): Step =>
      mark.kind === 'note' ? { edit: id, text } : { style: id, label: text }
    this.writing = new Writing(annotation, false, (text) => this.#keepWords(step(text)))
    this.#base = this.#baseOf(id)
    this.chosen = id
  }

  /** The hand leaves the words: what is typed is kept, and can be taken back as one. */
  finish(): void {
    const { writing } = this
    if (!writing) return
    writing.flush()
    this.writing = null
    const { annotation, before, text, isKept } = writing
    const { id, mark } = annotation
    if (!isKept || text === before) return
    if (mark.kind === 'note' && text.trim() === '') {
      // An emptied note goes; taken back, it says again what it said.
      this.#done(
        { done: [{ remove: id }], undone: [{ edit: id, text: before ?? '' }] },
        before !== null,
      )
      this.#run([{ remove: id }])
    } else if (before === null) {
      const put = { ...annotation, mark: { ...mark, text } as Annotation['mark'] }
      this.#done({ done: [{ put }], undone: [{ remove: id }] })
    } else if (mark.kind === 'note') {
      this.#done({ done: [{ edit: id, text }], undone: [{ edit: id, text: before }] })
    } else {
      this.#done({ done: [{ style: id, label: text }], undone: [{ style: id, label: before }] })
    }
  }

  /** Whatever is typed goes to the disk now: the page may be closed. */
  flush(): void {
    this.writing?.flush()
  }

  #make(page: number, mark: Annotation['mark']): Annotation {
    const { document, sha256 } = this.about
    const at = new Date().toISOString()
    return {
      id: uuid7(),
      document_id: document,
      sha256,
      page,
      page_hash: '',
      mark,
      created_at: at,
      modified_at: at,
      forked_from: null,
      device_name: '',
    }
  }

  #do(deed: Deed): void {
    this.#done(deed)
    this.#run(deed.done)
  }

  #done(deed: Deed, isNews = true): void {
    if (!isNews || deed.done.length === 0) return
    this.#undo = [...this.#undo, deed]
    this.#redo = []
  }

  #run(steps: Step[]): void {
    if (steps.length === 0) return
    const removed = new Set(steps.map((step) => 'remove' in step && step.remove))
    for (const one of this.all) if (removed.has(one.id)) this.#gone.set(one.id, one)
    this.saving.add(steps.map(draftOf), (drafts) =>
      Promise.all(drafts.map((draft) => this.#hashed(draft))),
    )
  }

  /** Typed words follow one another from what the field showed, not from what came meanwhile. */
  #keepWords(step: Step): void {
    const base = this.#base
    let kept: (mid: Base) => void = () => {}
    this.#base = new Promise((tell) => {
      kept = tell
    })
    this.saving.add(
      [draftOf(step)],
      async ([draft]) => {
        const whole = await this.#hashed(draft as Draft)
        return [base ? { ...whole, base: await base } : whole]
      },
      ([written]) => written && kept(written.mid),
    )
  }

  async #baseOf(id: string): Promise<Base> {
    const own = (await readPending(this.store)).findLast(({ entity }) => entity === id)
    return own?.mid ?? (await seqOf(this.store, 'annotation', id))
  }

  async #hashed(draft: Draft): Promise<Draft> {
    if (draft.name !== 'put_annotation' || draft.body.page_hash !== '') return draft
    if (draft.body.sha256 !== this.about.sha256) return draft
    this.#texts ??= this.about.texts().catch(() => null)
    const page_hash = await pageHash((await this.#texts)?.[draft.body.page - 1])
    return { ...draft, body: { ...draft.body, page_hash } }
  }
}

function markOf({ id, page, mark }: Annotation): Mark {
  return { id, page, shape: mark }
}
