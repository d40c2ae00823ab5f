"""Tap to the first page of 352, against pdf.js alone on the same bytes; memory after all of them.

    python tests/bench/reader.py

Both in one run, in one browser, each from a warm engine as after a minute in the application. The
reader's time goes from the tap on the paper to the canvas of its first page on the screen; pdf.js's
from the call to the end of `render` at the same width. Budget: 1.5 s, and 600 MB for the renderer.
"""

import contextlib
import json
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Error, Page

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.flows.reader_host import CORPUS, launch, missing, serve

ROUNDS = 7
PAPER = "o05_352_pages.pdf"
BRING = """(one, number) => {
    one.scrollTop = one.querySelector(`[data-page-number="${number}"]`).offsetTop
}"""
TAP = """(file) => new Promise((done) => {
    const start = performance.now()
    const drawn = '.page[data-page-number="1"][data-loaded]:not(.loadingIcon) canvas'
    const look = () => {
        if (document.querySelector(drawn)) done(performance.now() - start)
        else requestAnimationFrame(look)
    }
    look()
    location.hash = file
})"""


def tap(page: Page, host: str) -> float:
    page.goto("about:blank")
    page.goto(f"{host}/")
    page.wait_for_selector("main a")
    page.evaluate("() => localStorage.clear()")
    page.wait_for_timeout(1500)  # the engine warms when nothing else happens
    return float(page.evaluate(TAP, PAPER))


def bare(page: Page, host: str) -> float:
    page.goto("about:blank")
    page.goto(f"{host}/bare.html")
    page.wait_for_function("() => window.draw")
    page.wait_for_timeout(1500)
    return float(page.evaluate("(url) => draw(url, 1140)", f"/corpus/{PAPER}"))


class Memory:
    """Proportional memory of the process that shows a page, its workers collected when asked."""

    def __init__(self, browser: Browser, page: Page) -> None:
        self.browser, self.page = browser, page
        self.session = page.context.new_cdp_session(page)
        self.workers: list[str] = []
        self.session.on(
            "Target.attachedToTarget", lambda event: self.workers.append(event["sessionId"])
        )
        self.session.send(
            "Target.setAutoAttach",
            {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False},
        )

    def megabytes(self) -> float:
        infos = self.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        return max(pss(info["id"]) for info in infos["processInfo"] if info["type"] == "renderer")

    def collected(self) -> float:
        message = json.dumps({"id": 1, "method": "HeapProfiler.collectGarbage"})
        for worker in self.workers:
            with contextlib.suppress(Error):  # a worker of a paper that was closed
                self.session.send(
                    "Target.sendMessageToTarget", {"sessionId": worker, "message": message}
                )
        self.session.send("HeapProfiler.collectGarbage")
        self.page.wait_for_timeout(1500)
        return self.megabytes()


def pss(process: int) -> float:
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    line = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) / 1024


def scroll_through(page: Page, memory: Memory, host: str) -> dict[str, float]:
    """Every page of 352, drawn; page 171 holds a scan of 93 megapixels."""
    page.goto("about:blank")
    page.goto(f"{host}/#{PAPER}")
    page.locator(".page[data-loaded] .textLayer").first.wait_for()
    seen = {"first page": memory.collected()}
    for number in range(2, 353):
        page.locator(".scroller").evaluate(BRING, number)
        page.locator(f".page[data-page-number='{number}'] .textLayer").wait_for()
        if number in (88, 170, 171, 264, 352):
            seen[f"page {number}"] = memory.megabytes()
    seen["collected"] = memory.collected()
    return seen


def switch(page: Page, memory: Memory, host: str) -> dict[str, float]:
    """Papers one after the other in one page, collected after each seven."""
    page.goto("about:blank")
    page.goto(f"{host}/")
    page.wait_for_selector("main a")
    files = sorted(CORPUS.glob("o0[1-7]*.pdf"))
    seen = {}
    for turn in range(28):
        name = files[turn % len(files)].name
        page.evaluate("(file) => { location.hash = file }", name)
        page.wait_for_function(
            "(name) => document.querySelector('h1')?.textContent + '.pdf' === name"
            " && !!document.querySelector('.page[data-loaded] .textLayer')",
            arg=name,
        )
        if turn % 7 == 6:
            seen[f"{turn + 1} papers"] = memory.collected()
    return seen


def main() -> None:
    if lack := missing():
        sys.exit(f"the reader cannot be measured: {lack}")
    with tempfile.TemporaryDirectory() as folder:
        for host in serve(Path(folder)):
            for browser in launch():
                context = browser.new_context(viewport={"width": 1180, "height": 820})
                page = context.new_page()
                pairs = [(tap(page, host), bare(page, host)) for _ in range(ROUNDS)]
                ours, theirs = (statistics.median(one) for one in zip(*pairs, strict=True))
                print(
                    f"tap to first page of {PAPER}: {ours:.0f} ms;"
                    f" bare pdf.js {theirs:.0f} ms; ratio {ours / theirs:.2f}"
                )
                for title, measure in (("scroll", scroll_through), ("switch", switch)):
                    page = context.new_page()
                    sizes = measure(page, Memory(browser, page), host)
                    page.close()
                    line = ", ".join(f"{name} {size:.0f}" for name, size in sizes.items())
                    print(f"{title}, renderer MB: {line}")


if __name__ == "__main__":
    main()
