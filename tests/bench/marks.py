"""Writing on a paper: stroke to frame, memory, and what a mark costs the tablet's database.

Chromium, the real reader, 704 real pages (the longest paper of the corpus, twice), 500 strokes.
Each beside what nothing can beat in the same browser: a pen that moves over the same page and draws
nothing, the same pages without a mark, the database's own transaction.
"""

import math
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
from playwright.sync_api import Browser, BrowserContext, Page

from tests.bench.reader import BRING, Memory
from tests.flows.reader_host import CORPUS, launch, missing, serve

LONG = "o05_352_pages.pdf"
MARKS = 500
ROWS, PENDING = 5_000, 500
STROKES = 12
EVERY = 8
"""One page in so many is drawn while memory is watched."""

# From the time of each move to the frame that shows it: what is posted in the frame's callback runs
# once the frame is done.
WATCH = """() => {
    window.delays = []
    let first = null
    addEventListener('pointermove', (event) => {
        if (first !== null) return
        first = event.timeStamp
        requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel()
            port1.onmessage = () => {
                delays.push(performance.now() - first)
                first = null
            }
            port2.postMessage(0)
        })
    }, { capture: true })
}"""
# 500 strokes, on every page in turn.
PUT = """([count, pages]) => harness.notes.put(Array.from({ length: count }, (_, n) => ({
    page: 1 + n % pages,
    shape: {
        kind: 'ink', colour: 'blue', width: 1.3, label: '',
        points: Array.from({ length: 120 }, (_, m) =>
            m % 3 === 2 ? 0.5 : m % 3 ? 700 - n % 600 + 9 * Math.sin(m) : 72 + m * 3),
    },
})))"""
KEPT = """(wanted) => new Promise((done) => {
    const asked = indexedDB.open('cartable:harness:town')
    asked.onsuccess = () => {
        const count = asked.result.transaction('outbox').objectStore('outbox').count()
        count.onsuccess = () => { asked.result.close(); done(count.result >= wanted) }
    }
})"""
DRAWN = ".page[data-loaded] .textLayer"


def main() -> None:
    if lack := missing():
        sys.exit(f"marks cannot be measured: {lack}")
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        pages = _double(CORPUS / LONG, corpus / "long.pdf")
        for host in serve(Path(folder, "host"), corpus):
            for browser in launch():
                _database(browser, host)
                with browser.new_context(viewport={"width": 1180, "height": 820}) as context:
                    bare = _memory(browser, context, f"{host}/#long.pdf", pages)
                    page = context.new_page()
                    page.goto(f"{host}/?marks#long.pdf")
                    page.locator(DRAWN).first.wait_for(state="attached", timeout=60_000)
                    page.evaluate(PUT, [MARKS, pages])
                    _until(page, KEPT, MARKS)
                    _strokes(page)
                    page.close()
                    marked = _memory(browser, context, f"{host}/?marks#long.pdf", pages)
                print(
                    f"renderer over {pages} pages: {marked:.0f} MB with {MARKS} marks;"
                    f" without the marks {bare:.0f} MB; ratio {marked / bare:.2f}"
                )


def _double(source: Path, target: Path) -> int:
    with pikepdf.new() as pdf, pikepdf.open(source) as once:
        for _ in range(2):
            pdf.pages.extend(once.pages)
        pdf.save(target)
        return len(pdf.pages)


def _until(page: Page, condition: str, argument: Any) -> None:
    while not page.evaluate(condition, argument):
        page.wait_for_timeout(100)


def _strokes(page: Page) -> None:
    """Lines by a pen over a page that has marks, with the pen in hand and without."""
    page.evaluate(WATCH)
    pen, nothing = Pen(page), []
    drawn: list[float] = []
    button = page.locator(".tools").get_by_role("button", name="Stylo", exact=True)
    for turn in range(STROKES):
        nothing += pen.stroke(turn)
        button.click()
        drawn += pen.stroke(turn)
        button.click()
    ours, floor = sorted(drawn), sorted(nothing)
    print(
        f"stroke to frame: median {_at(ours, 0.5):.1f} ms, p95 {_at(ours, 0.95):.1f} ms"
        f" ({len(ours)} frames, {MARKS} marks in the paper); the same moves, nothing drawn:"
        f" {_at(floor, 0.5):.1f} and {_at(floor, 0.95):.1f} ms;"
        f" ratio {_at(ours, 0.5) / _at(floor, 0.5):.2f}"
    )


def _at(ordered: list[float], part: float) -> float:
    return ordered[int(len(ordered) * part)]


class Pen:
    """A pen through the browser's own door for devices: a wave of 60 moves."""

    def __init__(self, page: Page) -> None:
        self._page, self._cdp = page, page.context.new_cdp_session(page)

    def stroke(self, turn: int) -> list[float]:
        """Milliseconds from a move to its frame, for each frame of one stroke."""
        self._page.evaluate("() => { delays.length = 0 }")
        points = list(_wave(240 + 30 * turn))
        for at, (x, y) in enumerate(points):
            self._send("mousePressed" if at == 0 else "mouseMoved", x, y, 0.3 + at / 120)
        self._send("mouseReleased", *points[-1], 0)
        self._page.wait_for_timeout(300)
        delays: list[float] = self._page.evaluate("() => delays")
        return delays

    def _send(self, kind: str, x: float, y: float, force: float) -> None:
        event = {"type": kind, "x": x, "y": y, "force": force, "pointerType": "pen"}
        held = {"button": "left", "clickCount": 1, "buttons": int(kind != "mouseReleased")}
        self._cdp.send("Input.dispatchMouseEvent", event | held)


def _wave(y: float) -> Iterator[tuple[float, float]]:
    for step in range(60):
        yield 420 + 5 * step, y + 20 * math.sin(step / 4)


def _memory(browser: Browser, context: BrowserContext, address: str, pages: int) -> float:
    """Megabytes of the renderer at its largest, while pages are drawn one after the other."""
    page = context.new_page()
    memory = Memory(browser, page)
    page.goto(address)
    page.locator(DRAWN).first.wait_for(state="attached", timeout=60_000)
    most = 0.0
    for number in range(1, pages + 1, EVERY):
        page.locator(".scroller").evaluate(BRING, number)
        drawn = page.locator(f".page[data-page-number='{number}'] .textLayer")
        drawn.wait_for(state="attached", timeout=60_000)
        if number % (10 * EVERY) == 1:
            most = max(most, memory.megabytes())
    page.close()
    return most


def _database(browser: Browser, host: str) -> None:
    """Saving one mark, and showing 5,000 with 500 changes that wait."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{host}/measures.html")
        page.wait_for_function("() => window.measures")
        page.evaluate("([rows, pending]) => measures.fill(rows, pending)", [ROWS, PENDING])
        saved, bare_save = _medians(page, "save", "bareSave", 40)
        replayed, bare_read = _medians(page, "replay", "bareRead", 7)
    print(
        f"pen up to durable: {saved:.1f} ms; one bare strict transaction {bare_save:.1f} ms;"
        f" ratio {saved / bare_save:.2f}"
    )
    print(
        f"notes on the screen from {ROWS} rows and {PENDING} changes: {replayed:.0f} ms;"
        f" the sealed rows alone {bare_read:.0f} ms; ratio {replayed / bare_read:.2f}"
    )


def _medians(page: Page, ours: str, bare: str, rounds: int) -> tuple[float, float]:
    pairs = [
        (page.evaluate(f"() => measures.{ours}()"), page.evaluate(f"() => measures.{bare}()"))
        for _ in range(rounds)
    ]
    one, two = zip(*pairs, strict=True)
    return statistics.median(one), statistics.median(two)


if __name__ == "__main__":
    main()
