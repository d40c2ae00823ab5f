import { type Drawn, ink } from './drawn'
import { touched } from './hits'
import type { Colour, Made } from './marks'
import type { PageLayer } from './reader'
import { caretAt, textOf } from './selecting'
import { type Point, strokesOf } from './strokes'

export type Tool = 'read' | 'pen' | 'highlight' | 'note' | 'erase'

/** What the hand needs to know, asked at each gesture, and what it tells. */
export interface Hand {
  readonly tool: Tool
  readonly ink: { colour: Colour; width: number }
  readonly penKnown: boolean
  onpen(): void
  onmade(made: Made[]): void
  onerase(ids: string[]): void
  /** A tap that drew nothing: with the note tool, or on a mark while reading. */
  ontap(layer: PageLayer, x: number, y: number): void
  /** Words were selected with the highlighter in hand. */
  onwords(): void
}

interface Gesture {
  readonly type: string
  move(event: PointerEvent): void
  end(): void
  drop(): void
}

/** A finger on glass, in CSS pixels. */
const FINGER = 9
/** Points of one live outline: beyond, what is drawn is left alone and a new one begins. */
const LIVE = 400
/** The pen's other end, or its button held as one. */
const ERASER = 32

/**
 * Pens, fingers and mice over the pages. Until a pen is seen fingers draw; from then on they scroll.
 * Listens on `ground`, around the scrolled pages, so that it hears first.
 */
export class Pointing {
  #gesture: (Gesture & { id: number }) | null = null

  constructor(
    private readonly drawn: Drawn,
    private readonly hand: Hand,
    ground: HTMLElement,
    signal: AbortSignal,
  ) {
    const first = { capture: true, signal }
    ground.addEventListener('pointerdown', (event) => this.#down(event), first)
    ground.addEventListener('pointermove', (event) => this.#move(event), first)
    ground.addEventListener('pointerup', (event) => this.#up(event), first)
    ground.addEventListener('pointercancel', (event) => this.#cancel(event), first)
    ground.addEventListener('click', (event) => this.#tap(event), { signal })
    // A pen scrolls like a finger where pages may be scrolled, and a palm may come along: not while drawing.
    const still = (event: TouchEvent) => {
      if (this.#gesture && event.cancelable) event.preventDefault()
    }
    ground.addEventListener('touchstart', still, { capture: true, passive: false, signal })
    ground.addEventListener('touchmove', still, { capture: true, passive: false, signal })
    signal.addEventListener('abort', () => this.#drop())
  }

  #down(event: PointerEvent): void {
    const { hand } = this
    const { pointerType: type, pointerId: id } = event
    if (type === 'pen') hand.onpen()
    if (this.#gesture) {
      // A palm beside the pen is nothing; a pen after a palm, or a second finger, undoes what the first one began.
      if (this.#gesture.type === 'touch') this.#drop()
      if (type !== 'pen') return
    }
    const tool = event.buttons & ERASER ? 'erase' : hand.tool
    if (type === 'touch' && hand.penKnown) return
    if (type === 'mouse' && event.button !== 0) return
    const layer = this.#layerOf(event.target)
    const gesture = layer && this.#begin(tool, layer, event)
    if (!gesture) return
    event.preventDefault()
    this.#gesture = Object.assign(gesture, { id })
    const { currentTarget } = event
    // Not every engine captures a pointer that a test, or a pen out of reach, has already taken away.
    if (currentTarget instanceof Element) {
      try {
        currentTarget.setPointerCapture(id)
      } catch {
        // It will be heard while it stays over the pages.
      }
    }
  }

  #begin(tool: Tool, layer: PageLayer, event: PointerEvent): Gesture | null {
    if (tool === 'pen') return new Stroke(layer, this.hand, event)
    if (tool === 'erase') return new Erasing(layer, this.drawn, this.hand, event)
    // A mouse selects by itself.
    if (tool === 'highlight' && event.pointerType !== 'mouse')
      return new Picking(layer, this.hand, event)
    return null
  }

  #move(event: PointerEvent): void {
    if (event.pointerId === this.#gesture?.id) this.#gesture.move(event)
  }

  #up(event: PointerEvent): void {
    const gesture = this.#gesture
    if (event.pointerId === gesture?.id) {
      this.#gesture = null
      gesture.move(event)
      gesture.end()
    } else if (this.hand.tool === 'highlight' && event.pointerType === 'mouse') {
      // The browser completes the selection after this event.
      setTimeout(() => this.hand.onwords())
    }
  }

  #cancel(event: PointerEvent): void {
    if (event.pointerId === this.#gesture?.id) this.#drop()
  }

  #drop(): void {
    this.#gesture?.drop()
    this.#gesture = null
  }

  #tap(event: MouseEvent): void {
    const { tool } = this.hand
    if (tool !== 'read' && tool !== 'note') return
    if (event.target instanceof Element && event.target.closest('a, button')) return
    if (!(getSelection()?.isCollapsed ?? true)) return
    const layer = this.#layerOf(event.target)
    if (layer) this.hand.ontap(layer, event.clientX, event.clientY)
  }

  #layerOf(target: EventTarget | null): PageLayer | undefined {
    const page = target instanceof Element && target.closest<HTMLElement>('.page')
    return page ? this.drawn.layer(Number(page.dataset.pageNumber)) : undefined
  }
}

/** Everything a pointer did since the last event: more points than there are frames. */
function samples(event: PointerEvent): PointerEvent[] {
  const all = event.getCoalescedEvents?.() ?? []
  return all.length > 0 ? all : [event]
}

/** A line being drawn; its path is built again once a frame. */
class Stroke implements Gesture {
  readonly type: string
  readonly #points: Point[] = []
  readonly #paths: SVGPathElement[] = []
  readonly #style: { colour: Colour; width: number }
  #from = 0
  #frame = 0

  constructor(
    private readonly layer: PageLayer,
    private readonly hand: Hand,
    event: PointerEvent,
  ) {
    this.type = event.pointerType
    this.#style = { ...hand.ink }
    this.move(event)
  }

  move(event: PointerEvent): void {
    for (const { clientX, clientY, pressure, pointerType } of samples(event)) {
      const [x, y] = this.layer.toPage(clientX, clientY)
      // A lifted pen says 0; mice and fingers have one strength.
      const pressed = pointerType === 'pen' ? pressure || (this.#points.at(-1)?.[2] ?? 0.5) : 0.5
      this.#points.push([x, y, pressed])
    }
    this.#frame ||= requestAnimationFrame(() => this.#paint())
  }

  end(): void {
    const { colour, width } = this.#style
    const made = strokesOf(this.#points).map((points) => ({
      page: this.layer.page,
      shape: { kind: 'ink' as const, colour, width, points, label: '' },
    }))
    this.hand.onmade(made)
    this.drop()
  }

  drop(): void {
    cancelAnimationFrame(this.#frame)
    for (const path of this.#paths) path.remove()
  }

  #paint(): void {
    this.#frame = 0
    const points = this.#points.slice(this.#from).flat()
    const path = ink({ ...this.#style, points })
    const last = this.#paths.at(-1)
    if (last) last.setAttribute('d', path.getAttribute('d') ?? '')
    else this.#start(path)
    if (this.#points.length - this.#from > LIVE) {
      this.#from = this.#points.length - 1
      this.#start(ink({ ...this.#style, points: this.#points[this.#from] ?? [] }))
    }
  }

  #start(path: SVGPathElement): void {
    this.layer.marks.append(path)
    this.#paths.push(path)
  }
}

/** Touches marks on its way; they go together when it is lifted. */
class Erasing implements Gesture {
  readonly type: string
  readonly #touched = new Set<string>()
  #last: [number, number]

  constructor(
    private readonly layer: PageLayer,
    private readonly drawn: Drawn,
    private readonly hand: Hand,
    event: PointerEvent,
  ) {
    this.type = event.pointerType
    this.#last = layer.toPage(event.clientX, event.clientY)
    this.move(event)
  }

  move(event: PointerEvent): void {
    const { layer, drawn } = this
    const reach = reachOf(layer, event)
    for (const { clientX, clientY } of samples(event)) {
      const here = layer.toPage(clientX, clientY)
      const marks = drawn.on(layer.page)
      for (const { id } of touched(marks, this.#last, here, reach)) this.#touched.add(id)
      this.#last = here
    }
    drawn.fade(layer.page, this.#touched)
  }

  end(): void {
    if (this.#touched.size > 0) this.hand.onerase([...this.#touched])
  }

  drop(): void {
    this.drawn.fade(this.layer.page, new Set())
  }
}

/** Words picked by a finger or a pen that moves over them. */
class Picking implements Gesture {
  readonly type: string
  readonly #from: ReturnType<typeof caretAt>

  constructor(
    private readonly layer: PageLayer,
    private readonly hand: Hand,
    event: PointerEvent,
  ) {
    this.type = event.pointerType
    this.#from = this.#caret(event)
    getSelection()?.removeAllRanges()
  }

  move(event: PointerEvent): void {
    const to = this.#caret(event)
    if (!this.#from || !to) return
    getSelection()?.setBaseAndExtent(this.#from.node, this.#from.offset, to.node, to.offset)
  }

  end(): void {
    this.hand.onwords()
  }

  drop(): void {
    getSelection()?.removeAllRanges()
  }

  #caret({ clientX, clientY }: PointerEvent): ReturnType<typeof caretAt> {
    const place = caretAt(clientX, clientY)
    const isText = place?.node instanceof Text && this.layer.element.contains(place.node)
    return isText && textOf(this.layer) ? place : null
  }
}

/** The reach of a finger in points of the page. */
export function reachOf(layer: PageLayer, { clientX, clientY }: MouseEvent): number {
  const [ax, ay] = layer.toPage(clientX, clientY)
  const [bx, by] = layer.toPage(clientX + FINGER, clientY)
  return Math.hypot(bx - ax, by - ay)
}
