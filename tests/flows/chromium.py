"""Chromium of Debian, driven by Playwright, with a persistent profile."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.flows.browsers import PATIENCE, Browser

PROGRAM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ONE_TRY = 10_000
"""Milliseconds an action may wait for its element to be still, before it is looked up again.

Long, since one that was done late on a slow machine would be done twice.
"""


class Chromium(Browser):
    """`page` and `context` are Playwright's own, for what only this engine can show."""

    engine = "chromium"
    passing = (PlaywrightError,)

    _playwright: Playwright | None = None
    _running = 0
    """Playwright allows one instance a thread: all browsers of a story share it."""

    context: BrowserContext | None = None
    page: Page

    def start(self) -> None:
        if Chromium._playwright is None:
            Chromium._playwright = sync_playwright().start()
        Chromium._running += 1
        width, height = self.size
        self.errors: list[str] = []
        """Uncaught and console errors of the page, but for requests that found no network."""
        self.context = Chromium._playwright.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=PROGRAM,
            args=ARGUMENTS,
            headless=True,
            viewport={"width": width, "height": height},
            color_scheme="dark" if self.dark else "light",
            locale="fr-FR",
            timezone_id="Europe/Paris",
        )
        self.page = self.context.pages[0]
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)

    def quit(self) -> None:
        if self.context is None:
            return
        self.context.close()
        self.context = None
        Chromium._running -= 1
        if Chromium._running == 0 and Chromium._playwright is not None:
            Chromium._playwright.stop()
            Chromium._playwright = None

    def open(self, url: str) -> None:
        self.page.goto(url)

    @property
    def url(self) -> str:
        return self.page.url

    def back(self) -> None:
        self.page.go_back()

    def script(self, body: str, *args: Any) -> Any:
        return self.page.evaluate(f"async (args) => {{ {body} }}", list(args))

    def screenshot(self, path: Path) -> None:
        self.page.screenshot(path=path)

    def press(self, keys: str) -> None:
        self.page.keyboard.press(keys)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def _elements(self, body: str, *args: Any) -> list[Any]:
        found = self.page.evaluate_handle(f"(args) => {{ {body} }}", list(args))
        handles = [each.as_element() for each in found.get_properties().values()]
        return [each for each in handles if each is not None]

    def _on(self, element: Any, body: str, *args: Any) -> Any:
        return element.evaluate(f"(element, args) => {{ {body} }}", list(args))

    def _click(self, element: Any) -> None:
        element.click(timeout=ONE_TRY)

    def _fill(self, element: Any, text: str) -> None:
        element.fill(text, timeout=ONE_TRY)

    def _set_files(self, element: Any, paths: Sequence[str]) -> None:
        element.set_input_files(list(paths), timeout=PATIENCE * 1000)

    def _inject(self, source: str) -> None:
        self.page.evaluate(source)
