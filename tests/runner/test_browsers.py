"""The drivers of the end-to-end stories, tried on a small page in the browser of this run."""

import functools
import os
import struct
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


NAME = os.environ.get("CARTABLE_TEST_BROWSER", "chromium")


@pytest.fixture
def browser(tmp_path: Path, gate: Gate) -> Iterator[Browser]:
    with open_browser(NAME, tmp_path / "profile") as browser:
        browser.open(gate.url)
        browser.wait_text("Prête hors ligne")
        yield browser


def test_a_cold_start_off_line_shows_the_page_and_what_was_noted(
    browser: Browser, gate: Gate
) -> None:
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
    reach = "return fetch('/large').then((got) => got.status, () => 'no network')"
    assert browser.script(reach) == "no network"
    gate.open()
    assert browser.script(reach) == 200


def test_a_cut_half_way_is_an_error_and_never_a_short_file(browser: Browser, gate: Gate) -> None:
    read = "return fetch('/large').then((got) => got.arrayBuffer()).then((all) => all.byteLength)"
    reads = read + ".catch(() => 'cut')"
    assert browser.script(reads) == 8 << 20
    gate.close_after(2 << 20)
    assert browser.script(reads) == "cut"
    gate.open()
    assert browser.script(reads) == 8 << 20


def test_fields_of_every_kind_take_what_is_given(browser: Browser) -> None:
    browser.fill("Ce que je note", "à remplacer")
    browser.fill("Ce que je note", "Budget")
    browser.fill("Le jour", "2026-12-14")
    browser.choose("Assemblée", "Conseil municipal")
    browser.check("Privé")
    browser.check("Privé")
    browser.click("button", "Garder la note")
    browser.wait_text("Budget | 2026-12-14 | c | on", "#notes")


@pytest.mark.parametrize("way", ["choose", "drop"])
def test_files_are_chosen_and_dropped(browser: Browser, tmp_path: Path, way: str) -> None:
    papers = [tmp_path / "budget.pdf", tmp_path / "état.pdf"]
    for size, paper in enumerate(papers, start=3):
        paper.write_bytes(bytes(size))
    if way == "choose":
        browser.upload(papers, "Papiers")
    else:
        browser.drop(papers, "#zone")
    browser.wait_text("budget.pdf 3, état.pdf 4", "#received")


def test_the_keyboard_alone_goes_through_the_page(browser: Browser) -> None:
    browser.tab_to("textbox", "Ce que je note")
    browser.type("Tapé à la main")
    browser.press("Shift+Home")
    browser.type("École")
    browser.tab_to("button", "Garder la note")
    browser.press("Enter")
    browser.wait_text("École | |", "#notes")
    browser.tab_to("link", "L’autre page")
    browser.press("Enter")
    browser.wait_until("return location.search === '?autre'")
    browser.back()
    browser.wait_until("return location.search === ''")


def test_what_nobody_can_see_is_not_found(browser: Browser) -> None:
    assert browser.names("button") == ["Garder la note"]
    assert not browser.has("button", "Muet")
    browser.script("document.querySelector('form').remove()")
    browser.gone("button", "Garder la note")
    with pytest.raises(NotSeenError, match=r"button 'Garder la note'.*there is \[\]"):
        browser.see("button", "Garder la note", patience=0.3)


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: make dev")
def test_axe_finds_nothing_but_the_fault_planted(browser: Browser) -> None:
    assert browser.axe() == []
    browser.script("document.querySelector('main').append(new Image())")
    (fault,) = browser.axe()
    assert fault.startswith("image-alt (critical)")
    assert browser.axe(without=["img"]) == []


def test_size_language_zone_and_scheme_are_those_asked(tmp_path: Path, gate: Gate) -> None:
    with open_browser(NAME, tmp_path / "dark", size=(820, 1180), dark=True) as browser:
        browser.open(gate.url)
        browser.wait_text("sombre", "#scheme")
        assert browser.script("return [innerWidth, innerHeight]") == [820, 1180]
        assert browser.script("return navigator.language") == "fr-FR"
        assert browser.script("return new Date(2026, 6, 14).getTimezoneOffset()") == -120
        browser.screenshot(tmp_path / "page.png")
        header = (tmp_path / "page.png").read_bytes()[:24]
        assert struct.unpack(">II", header[16:]) == (820, 1180)
