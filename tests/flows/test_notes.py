"""A councillor's notes in the product: written off line, listed, and on a second tablet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.browsers import Browser
from tests.flows.conftest import Open
from tests.flows.gate import Gate
from tests.flows.people import is_accessible, sign_in
from tests.flows.town import called_sitting
from tests.serving import Served

ALICE = "alice@staubin.example"
# The tablet has heard that the note is gone.
HAS_NONE = """
const found = (await indexedDB.databases()).filter(({ name }) => name.split(':').length === 3)
const db = await new Promise((done) => {
  const request = indexedDB.open(found[0].name)
  request.onsuccess = () => done(request.result)
})
const keys = await new Promise((done) => {
  const request = db.transaction('rows').objectStore('rows').getAllKeys()
  request.onsuccess = () => done(request.result)
})
db.close()
return keys.length > 0 && keys.every(([kind]) => kind !== 'annotation')
"""
DRAWN = "return !!document.querySelector('.textLayer span')"


@pytest.fixture
def called(papers: list[Path]) -> Iterator[Served]:
    """A called sitting of two items, one piece each."""
    with called_sitting(papers[4:6]) as running:
        yield running


@pytest.fixture
def way(called: Served) -> Iterator[Gate]:
    with Gate(called.settings.port) as gate:
        yield gate


def open_piece(browser: Browser) -> None:
    browser.click("link", "Rapport 1", exact=False)
    browser.wait_until(DRAWN)


def write_note(browser: Browser, words: str) -> None:
    """A note on the page, by the keyboard alone."""
    browser.script("document.querySelector('.scroller').focus()")
    browser.press("n")
    browser.wait_until("return document.activeElement.tagName === 'TEXTAREA'")
    browser.type(words)
    browser.press("Escape")
    browser.wait_text(words, ".note")


def test_notes_are_written_off_line_listed_and_come_back(
    called: Served, way: Gate, browsers: Open
) -> None:
    browser = browsers("alice")
    sign_in(browser, way.url, ALICE)
    browser.wait_text("Dossier prêt hors ligne : 2 pièces sur 2")
    browser.click("link", "Ouvrir le dossier")
    way.close()
    open_piece(browser)
    write_note(browser, "Demander le coût.")
    browser.press("Escape")
    browser.click("button", "Marquer la page")
    browser.wait_until("return document.querySelectorAll('.ribbon').length === 1")
    browser.wait_text("Enregistré sur la tablette", ".reader .top")
    is_accessible(browser)
    browser.reload()
    browser.wait_until(DRAWN)
    browser.wait_until("return document.querySelectorAll('.pin').length === 1")
    browser.click("button", "Mes notes")
    browser.wait_text("Demander le coût.", ".note")
    browser.click("link", "Toutes mes notes de la séance")
    browser.see("heading", "Mes notes de la séance")
    browser.wait_text("Demander le coût.")
    is_accessible(browser)
    browser.click_css(".notes li:last-child a")
    browser.wait_until(DRAWN)
    browser.wait_text("Demander le coût.", ".note.chosen")
    way.open()
    browser.wait_text("À jour", ".reader .top")

    second = browsers("second")
    sign_in(second, way.url, ALICE)
    second.wait_text("Dossier prêt hors ligne : 2 pièces sur 2")
    second.click("link", "Ouvrir le dossier")
    open_piece(second)
    second.wait_until("return document.querySelectorAll('.pin, .ribbon').length === 2")


def test_a_note_deleted_elsewhere_stays_under_the_hand(
    called: Served, way: Gate, browsers: Open
) -> None:
    first, second = browsers("first"), browsers("second", (820, 1180))
    for tablet in (first, second):
        sign_in(tablet, way.url, ALICE)
        tablet.wait_text("Dossier prêt hors ligne : 2 pièces sur 2")
        tablet.click("link", "Ouvrir le dossier")
        open_piece(tablet)
    write_note(first, "Demander le coût.")
    second.wait_until("return document.querySelectorAll('.pin').length === 1")
    second.click("button", "Mes notes")
    second.click("button", "Modifier", within=".note")
    second.fill("Ma note", "Demander le")
    second.wait_text("À jour", ".reader .top")
    first.wait_no_text("coût", ".note")
    first.click("button", "Effacer", within=".note")
    first.wait_text("À jour", ".reader .top")
    gone = "return document.querySelectorAll('.pin').length === 0"
    first.wait_until(gone)
    second.wait_until(HAS_NONE)
    second.see("field", "Ma note")
    second.fill("Ma note", "Demander le coût et le calendrier.")
    first.wait_text("Demander le coût et le calendrier.", ".note")
    second.click("button", "Terminer")
    second.wait_text("Demander le coût et le calendrier.", ".note")
    first.click("button", "Effacer", within=".note")
    first.wait_until(gone)
    first.click("button", "Annuler", within=".toast")
    first.wait_text("Demander le coût et le calendrier.", ".note")
    second.wait_text("Demander le coût et le calendrier.", ".note")
