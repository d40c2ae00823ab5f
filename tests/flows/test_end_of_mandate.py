"""After elections: the seats of the council end together, and that is undone once. Whoever has no
other role loses the papers at the next contact, and finds everything again if it was a mistake."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.browsers import Browser
from tests.flows.conftest import Open
from tests.flows.gate import Gate
from tests.flows.people import is_accessible, sign_in
from tests.flows.tablet import wait_pieces, write_a_vote
from tests.flows.town import called_sitting
from tests.serving import Served

BRUNO = "bruno@staubin.example"
DIALOG = "dialog[open]"
WORDS = "Demander le calendrier des travaux"


@pytest.fixture
def called(papers: list[Path]) -> Iterator[Served]:
    """A called sitting of two items, one piece each."""
    with called_sitting(papers[4:6]) as running:
        yield running


def end_the_mandate(admin: Browser) -> None:
    """From the members to the end of all the seats of the council."""
    admin.see("heading", "Membres")
    admin.click("button", "Autres actions")
    admin.click("link", "Finir des mandats")
    admin.see("heading", "Fin de mandat")
    admin.choose("Assemblée", "council")
    admin.fill("Dernier jour du mandat", "21/06/2026")
    admin.wait_text("3 sièges finiraient le")
    admin.wait_text("N'a plus aucun rôle ici")
    is_accessible(admin)
    admin.check("Désactiver aussi les 2 personnes qui n'ont plus aucun rôle")
    admin.click("button", "Finir 3 sièges")
    admin.wait_text("2 personnes perdent leur accès.", within=DIALOG)
    is_accessible(admin)
    admin.click("button", "Finir 3 sièges", within=DIALOG)
    admin.wait_text("Aucun siège à finir")
    admin.wait_text("2 accès fermés")
    is_accessible(admin)


def test_a_mandate_ends_and_is_given_back(called: Served, browsers: Open) -> None:
    with Gate(called.settings.port) as way:
        tablet = browsers("tablet", (820, 1180))
        sign_in(tablet, way.url, BRUNO)
        tablet.wait_text("Dossier prêt hors ligne : 2 pièces sur 2", patience=90)
        wait_pieces(tablet, 2)
        write_a_vote(tablet, WORDS)
        tablet.wait_text("À jour", patience=60)
        # It is in a bag, without a network, when the mandate ends.
        way.close()

        admin = browsers("administrator", (820, 1180))
        sign_in(admin, called.settings.address, "ines@staubin.example")
        end_the_mandate(admin)
        assert "Affaire 1" in tablet.text(), "without a network nobody can tell it"

        way.open()
        tablet.reload()
        tablet.see("field", "Adresse électronique", patience=60)
        assert "Affaire" not in tablet.text()
        wait_pieces(tablet, 0)
        is_accessible(tablet)

        admin.click("button", "Tout annuler")
        admin.wait_text("C'est annulé : chacun retrouve son siège.")
        admin.wait_text("3 sièges finiraient le")
        admin.gone("button", "Tout annuler")

        # The papers come back, and what he alone had written with them.
        sign_in(tablet, way.url, BRUNO)
        tablet.open(f"{way.url}/")
        tablet.wait_text("Dossier prêt hors ligne : 2 pièces sur 2", patience=90)
        wait_pieces(tablet, 2)
        tablet.click("link", "Ouvrir le dossier")
        tablet.click("link", "Préparer mes votes")
        tablet.click("button", "1 Affaire 1", exact=False)
        tablet.wait_text("Intention : contre")
        tablet.wait_until(
            "return document.querySelector('.printed')?.textContent.includes(args[0])", WORDS
        )
        is_accessible(tablet)
