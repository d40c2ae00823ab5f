"""Two tablets of one councillor that disagree on the words of a note: both are kept and shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.browsers import Browser
from tests.flows.conftest import Open
from tests.flows.gate import Gate
from tests.flows.hands import note, open_piece, wait_marks
from tests.flows.people import is_accessible, sign_in
from tests.flows.town import called_sitting
from tests.serving import Served

PANEL = "#reader-panel"
FIRST = "Demander le coût des travaux."
HERE = "Demander le coût des travaux à l'adjointe."
THERE = "Demander le coût des travaux au maire."


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


def test_two_versions_of_a_note_are_both_kept(called: Served, browsers: Open) -> None:
    port = called.settings.port
    with Gate(port) as here, Gate(port) as there:
        first, second = browsers("first"), browsers("second", (820, 1180))
        for tablet, gate in ((first, here), (second, there)):
            sign_in(tablet, gate.url, "alice@staubin.example")
            tablet.wait_text("Dossier prêt hors ligne : 1 pièce sur 1", patience=60)
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
            tablet.wait_text("À jour.", patience=60)
        for tablet, gate in ((first, here), (second, there)):
            open_both(tablet, gate.url)
        first.click("button", "Garder les deux")
        for tablet in (first, second):
            tablet.gone("button", "Garder les deux")
            for words in (HERE, THERE):
                tablet.wait_text(words, PANEL)


def open_both(tablet: Browser, origin: str) -> None:
    """The piece shows the two, and asks which to keep."""
    tablet.open(origin)
    tablet.click("link", "Ouvrir le dossier")
    open_piece(tablet, "Rapport 1")
    wait_marks(tablet, note=2)
    if not tablet.has("heading", "Mes notes"):
        tablet.click("button", "Mes notes")
    tablet.wait_text("Cette note a été écrite autrement sur un autre appareil", PANEL, patience=60)
    for words in (HERE, THERE):
        tablet.wait_text(words, PANEL)
    tablet.see("button", "Garder les deux")
    is_accessible(tablet)
