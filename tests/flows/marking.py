"""Marks drawn by hand on a page of the reader, and where they stand."""

import math
import time
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Locator, Page

Box = list[float]

# Where a mark stands, in parts of its page: the same at every zoom.
PART = """(css) => {
    const box = document.querySelector(css)?.getBoundingClientRect()
    const page = document.querySelector(".page[data-page-number='1']")?.getBoundingClientRect()
    return page && box && [box.left - page.left, box.top - page.top, box.width, box.height]
        .map((length) => length / page.width)
}"""
WIDTH = "() => document.querySelector('.page').clientWidth"
TOP = "() => document.querySelector('.scroller').scrollTop"
KEPT = "() => harness.notes.isRead && harness.notes.saving.fresh.length === 0"
SETTLED = "() => document.getAnimations().every(({playState}) => playState !== 'running')"
ALL = "() => harness.notes.all.map(({mark, page}) => ({...mark, page}))"
AGES = "() => harness.notes.all.map(({id, created_at}) => [id, created_at])"
WAITING = """() => new Promise((done) => {
    const asked = indexedDB.open('cartable:harness:town')
    asked.onsuccess = () => {
        const count = asked.result.transaction('outbox').objectStore('outbox').count()
        count.onsuccess = () => { asked.result.close(); done(count.result) }
    }
})"""


def marks(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(ALL)
    return found


def wait_part(page: Page, css: str, part: Box) -> None:
    """Wait until a mark stands there on its page."""
    same = f"([css, part]) => ({PART})(css)?.every((x, n) => Math.abs(x - part[n]) < 0.004)"
    page.wait_for_function(same, arg=[css, part])


def wait_waiting(page: Page, count: int) -> None:
    """Wait until so many changes are in the outbox."""
    deadline = time.monotonic() + 15
    while page.evaluate(WAITING) != count:
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def tool(page: Page, name: str) -> Locator:
    return page.locator(".tools").get_by_role("button", name=name, exact=True)


def draw(page: Page, points: list[tuple[float, float]]) -> None:
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=2)
    page.mouse.up()


def loop(page: Page, size: float = 40) -> list[tuple[float, float]]:
    """A ring in the middle of what is seen of the first page."""
    box = page.locator(".scroller").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return [(x + size * math.cos(a / 5), y + size * math.sin(a / 5)) for a in range(32)]


class Hand:
    """A pen or a finger, through the browser's own door for devices."""

    def __init__(self, page: Page) -> None:
        self.cdp: CDPSession = page.context.new_cdp_session(page)

    def pen(self, points: list[tuple[float, float]]) -> None:
        kinds = ["mousePressed", *["mouseMoved"] * (len(points) - 2), "mouseReleased"]
        for n, (kind, (x, y)) in enumerate(zip(kinds, points, strict=True)):
            event = {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}
            force = 0.2 + 0.6 * n / len(points)
            self.cdp.send(
                "Input.dispatchMouseEvent",
                {**event, "buttons": 1, "pointerType": "pen", "force": force},
            )

    def finger(self, points: list[tuple[float, float]]) -> None:
        for n, (x, y) in enumerate(points):
            kind = "touchMove" if n else "touchStart"
            self.cdp.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]}
            )
        self.cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def word(page: Page, text: str) -> dict[str, float]:
    """The box of a word of the first page."""
    found = page.wait_for_function(
        """(text) => {
            const layer = document.querySelector(".page[data-page-number='1'] .textLayer")
            const walker = document.createTreeWalker(layer, NodeFilter.SHOW_TEXT)
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.indexOf(text)
                if (at < 0) continue
                const range = document.createRange()
                range.setStart(node, at)
                range.setEnd(node, at + text.length)
                const {x, y, width, height} = range.getBoundingClientRect()
                return {x, y, width, height}
            }
        }""",
        arg=text,
    )
    box: dict[str, float] = found.json_value()
    return box


def assert_near(one: Box, other: Box, tolerance: float = 0.004) -> None:
    assert one == pytest.approx(other, abs=tolerance)
