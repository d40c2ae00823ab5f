"""What a hand does on a page of the reader: a pen where the engine has one, else a mouse."""

import itertools
from typing import Any

from tests.flows.browsers import Browser

DRAWN = "return !!document.querySelector('.textLayer span')"
Points = list[tuple[float, float]]

PAGE_BOX = """
const page = document.querySelector('.page')
const box = page.getBoundingClientRect()
const top = document.querySelector('.scroller').getBoundingClientRect()
return [Math.max(box.left, top.left), Math.max(box.top, top.top),
  Math.min(box.right, top.right), Math.min(box.bottom, top.bottom)]
"""
LINE_BOX = """
const words = [...document.querySelectorAll('.textLayer span')].find((span) => {
  const box = span.getBoundingClientRect()
  const seen = document.querySelector('.scroller').getBoundingClientRect()
  const isSeen = box.top > seen.top + 20 && box.bottom < seen.bottom - 20
  return isSeen && span.textContent.trim().length > 30
})
if (!words) return null
const box = words.getBoundingClientRect()
return [box.left, box.top, box.right, box.bottom]
"""
MARKS = """
const count = (css) => document.querySelectorAll(css).length
return { ink: count('.marks .ink'), highlight: count('.highlights .highlight'),
  note: count('.pins .pin'), bookmark: count('.pins .ribbon') }
"""


def open_piece(tablet: Browser, title: str) -> None:
    """From the dossier to the first page of a piece."""
    tablet.click("link", title)
    tablet.wait_until(DRAWN)


def marks(tablet: Browser) -> dict[str, int]:
    """How many marks of each kind are drawn on the pages."""
    counted: dict[str, int] = tablet.script(MARKS)
    return counted


def wait_marks(tablet: Browser, **wanted: int) -> None:
    """Wait until so many are drawn."""
    body = f"const now = await (async () => {{ {MARKS} }})(); return {{now}}"
    same = "return Object.entries(args[0]).every(([kind, n]) => now[kind] === n)"
    tablet.wait_until(body.replace("return {now}", same), wanted)


def ink(tablet: Browser, where: float = 0.5) -> None:
    """One stroke of the pen across the page, `where` from top (0) to bottom (1)."""
    tablet.click("button", "Stylo")
    left, top, right, bottom = tablet.script(PAGE_BOX)
    y = top + (bottom - top) * where
    steps = range(21)
    wave = [
        (left + (right - left) * (0.2 + 0.3 * s / 20), y + 12 * (-1) ** (s // 4)) for s in steps
    ]
    before = marks(tablet)["ink"]
    drag(tablet, wave, pen=True)
    wait_marks(tablet, ink=before + 1)
    tablet.click("button", "Lire")


def highlight(tablet: Browser) -> None:
    """The mouse passes over a line."""
    tablet.click("button", "Surligner")
    left, top, right, bottom = tablet.wait_until(LINE_BOX)
    middle = (top + bottom) / 2
    before = marks(tablet)["highlight"]
    steps = [left + 2 + (right - left) * 0.6 * s / 10 for s in range(11)]
    drag(tablet, [(x, middle) for x in steps])
    wait_marks(tablet, highlight=before + 1)
    tablet.click("button", "Lire")


def note(tablet: Browser, words: str) -> None:
    """A note for the page, in words; ends with the list of notes on the side."""
    tablet.click("button", "Note")
    tablet.click("button", "Note sur la page")
    tablet.fill("Ma note", words)
    tablet.click("button", "Terminer")
    tablet.wait_text(words, "#reader-panel")


def intend_for(tablet: Browser) -> None:
    """From « À décider », the last choice, to « Pour », the first: WebKit's arrows stop there."""
    tablet.tab_to("radio", "À décider")
    for _ in range(4):
        tablet.press("ArrowUp")
    tablet.wait_until("return document.activeElement.checked")
    assert tablet.focused() == ("radio", "Pour")


def drag(tablet: Browser, points: Points, *, pen: bool = False) -> None:
    """Press at the first point, move through the others, let go."""
    if tablet.engine == "chromium":
        _drag_chromium(tablet, points, pen)
    else:
        _drag_webkit(tablet, points)


def _drag_chromium(tablet: Any, points: Points, pen: bool) -> None:
    """With a pressure that grows, as a hand has it."""
    session = tablet.context.new_cdp_session(tablet.page)
    kinds = itertools.chain(["mousePressed"], itertools.repeat("mouseMoved"))
    common = {"pointerType": "pen" if pen else "mouse", "button": "left", "clickCount": 1}
    for at, ((x, y), kind) in enumerate(zip(points, kinds, strict=False)):
        force = (0.2 + 0.6 * at / len(points)) if pen else 0
        event = {"type": kind, "x": x, "y": y, "buttons": 1, "force": force}
        session.send("Input.dispatchMouseEvent", common | event)
    x, y = points[-1]
    end = {"type": "mouseReleased", "x": x, "y": y, "buttons": 0}
    session.send("Input.dispatchMouseEvent", common | end)
    session.detach()


def _drag_webkit(tablet: Any, points: Points) -> None:
    from selenium.webdriver.common.actions.action_builder import ActionBuilder

    builder = ActionBuilder(tablet.driver, duration=10)
    pointer = builder.pointer_action
    first, *others = [(round(x), round(y)) for x, y in points]
    pointer.move_to_location(*first).pointer_down()
    for x, y in others:
        pointer.move_to_location(x, y)
    pointer.pointer_up()
    builder.perform()
