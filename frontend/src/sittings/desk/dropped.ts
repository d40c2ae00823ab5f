interface FileDrop {
  /** Files are held over the page: over an item (its id), over no item in particular (undefined). */
  onover: (place: string | null | undefined) => void
  onout: () => void
  ondrop: (files: File[], place: string | null | undefined) => void
}

/** The item of the agenda under a point: its id, null for the whole sitting, undefined for none. */
export function placeUnder(x: number, y: number): string | null | undefined {
  const row = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-item]')
  return row ? row.dataset.item || null : undefined
}

/** Files dragged from the computer onto the page, wherever they fall. Returns how to stop. */
export function watchFileDrops({ onover, onout, ondrop }: FileDrop): () => void {
  const stop = new AbortController()
  const { signal } = stop
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

  function over(event: DragEvent) {
    if (!hasFiles(event)) return
    event.preventDefault()
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy'
    onover(placeUnder(event.clientX, event.clientY))
  }
  function drop(event: DragEvent) {
    if (!hasFiles(event)) return
    // Without this the browser leaves the page to show the file.
    event.preventDefault()
    onout()
    const place = placeUnder(event.clientX, event.clientY)
    ondrop([...(event.dataTransfer?.files ?? [])], place)
  }

  addEventListener('dragenter', over, { signal })
  addEventListener('dragover', over, { signal })
  addEventListener('drop', drop, { signal })
  addEventListener(
    'dragleave',
    (event) => {
      if (event.relatedTarget === null) onout()
    },
    { signal },
  )
  return () => stop.abort()
}
