"""The drivers of the end-to-end stories, tried on a small page in the browser of this run."""

import functools
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.flows.browsers import AXE, Browser, NotSeenError, open_browser
from tests.flows.gate import Gate

PAGE = Path(__file__).parent / "page"


class Quiet(SimpleHTTPRequestHandler):
    """Answers a large body at /large, files elsewhere; says nothing."""

    def do_GET(self) -> None:
        if self.path != "/large":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(8 << 20))
        self.end_headers()
        self.wfile.write(bytes(8 << 20))

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def gate() -> Iterator[Gate]:
    handler = functools.partial(Quiet, directory=str(PAGE))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with Gate(server.server_port) as gate:
            yield gate
        server.shutdown()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    name = os.environ.get("CARTABLE_TEST_BROWSER", "chromium")
    with open_browser(name, tmp_path / "profile") as browser:
        yield browser


def test_a_cold_start_off_line_shows_the_page_and_what_was_noted(
    browser: Browser, gate: Gate
) -> None:
    browser.open(gate.url)
    browser.wait_text("Prête hors ligne")
    browser.fill("Ce que je note", "l’école, c’est loin")
    browser.click("button", "Garder la note")
    browser.wait_text("l’école", "#notes")
    gate.close()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(gate.url, timeout=5)
    browser.restart()
    browser.open(gate.url)
    browser.see("heading", "Carnet d’essai")
    browser.wait_text("l’école, c’est loin", "#notes")
    assert browser.script("return fetch('/page.html').then(() => true, () => false)") is False
    gate.open()
    assert browser.script("return fetch('/large').then((got) => got.status)") == 200
