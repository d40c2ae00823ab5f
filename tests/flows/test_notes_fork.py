"""Two tablets of one councillor that disagree on the words of a note: both are kept and shown."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.flows.browsers import Browser
from tests.flows.conftest import Open
from tests.flows.gate import Gate
from tests.flows.hands import note, open_piece, wait_marks
from tests.flows.people import is_accessible, sign_in
from tests.flows.town import called_sitting
from tests.serving import Served

ALICE = "alice@staubin.example"
PANEL = "#reader-panel"
FIRST = "Demander le coût des travaux."
HERE = "Demander le coût des travaux à l'adjointe."
THERE = "Demander le coût des travaux au maire."
BOTH = "Demander le coût des travaux à l'adjointe et au maire."


@pytest.fixture
def called(papers: list[Path]) -> Iterator[Served]:
    """A called sitting of one item."""
    with called_sitting(papers[3:4]) as running:
        yield running


def open_notes(tablet: Browser, origin: str) -> None:
    """The piece, with the list of notes at its side."""
    tablet.open(origin)
    tablet.click("link", "Ouvrir le dossier")
    open_piece(tablet, "Rapport 1")
    wait_marks(tablet, note=1)
    if not tablet.has("heading", "Mes notes"):
        tablet.click("button", "Mes notes")
    tablet.wait_text(FIRST, PANEL)


def rewrite(tablet: Browser, words: str) -> None:
    """The note says something else now, on this tablet."""
    tablet.click("button", "Modifier", within=PANEL)
    tablet.fill("Ma note", words)
    tablet.click("button", "Terminer")
    tablet.wait_text(words, PANEL)


def forks(called: Served, browsers: Open, stack: ExitStack) -> tuple[Browser, Browser]:
    """Two tablets on line again, that wrote the note differently off line; the piece on both."""
    port = called.settings.port
    here, there = (stack.enter_context(Gate(port)) for _ in range(2))
    first, second = browsers("first"), browsers("second", (820, 1180))
    for tablet, gate in ((first, here), (second, there)):
        sign_in(tablet, gate.url, ALICE)
        tablet.wait_text("Dossier prêt hors ligne : 1 pièce sur 1")
    first.click("link", "Ouvrir le dossier")
    open_piece(first, "Rapport 1")
    note(first, FIRST)
    open_notes(second, there.url)
    here.close()
    there.close()
    rewrite(first, HERE)
    rewrite(second, THERE)
    for tablet, gate in ((first, here), (second, there)):
        gate.open()
        tablet.restart()
        tablet.open(gate.url)
        tablet.wait_text("À jour.")
    for tablet, gate in ((first, here), (second, there)):
        open_both(tablet, gate.url)
    return first, second


def agree(tablets: tuple[Browser, Browser], *texts: str) -> None:
    """Both tablets show these notes, and nothing more to be decided."""
    for tablet in tablets:
        tablet.gone("button", "Garder les deux")
        wait_marks(tablet, note=len(texts))
        for words in texts:
            tablet.wait_text(words, PANEL)


def test_two_versions_of_a_note_are_both_kept(called: Served, browsers: Open) -> None:
    with ExitStack() as stack:
        first, second = forks(called, browsers, stack)
        first.click("button", "Garder les deux")
        agree((first, second), HERE, THERE)


def test_two_versions_of_a_note_become_one_by_hand(called: Served, browsers: Open) -> None:
    """The two are merged into one on a tablet; the other tablet follows."""
    with ExitStack() as stack:
        first, second = forks(called, browsers, stack)
        sibling = "article:has(.device)"
        first.wait_text("Version de ", sibling)
        first.click("button", "Modifier", within=sibling)
        first.fill("Ma note", BOTH)
        first.click("button", "Terminer")
        first.wait_text(BOTH, sibling)
        first.click("button", "Garder celle-ci", within=sibling)
        agree((first, second), BOTH)


def open_both(tablet: Browser, origin: str) -> None:
    """The piece shows the two, and asks which to keep."""
    tablet.open(origin)
    tablet.click("link", "Ouvrir le dossier")
    open_piece(tablet, "Rapport 1")
    wait_marks(tablet, note=2)
    if not tablet.has("heading", "Mes notes"):
        tablet.click("button", "Mes notes")
    tablet.wait_text("Cette note a été écrite autrement sur un autre appareil", PANEL)
    for words in (HERE, THERE):
        tablet.wait_text(words, PANEL)
    tablet.see("button", "Garder les deux")
    is_accessible(tablet)
