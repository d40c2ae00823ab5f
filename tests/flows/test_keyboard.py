"""The main job with the Tab key alone: nobody needs a mouse, nor a finger that aims."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cast import PASSWORD
from tests.flows.browsers import Browser
from tests.flows.conftest import Open
from tests.flows.hands import DRAWN, intend_for, wait_marks
from tests.flows.people import is_accessible
from tests.flows.town import called_sitting
from tests.serving import Served


@pytest.fixture
def called(papers: list[Path]) -> Iterator[Served]:
    """A called sitting of two items."""
    with called_sitting(papers[4:6]) as running:
        yield running


def sign_in_by_keyboard(browser: Browser, origin: str, email: str) -> None:
    """Tab, type, Enter."""
    browser.open(f"{origin}/connexion")
    browser.see("field", "Adresse électronique")
    browser.tab_to("textbox", "Adresse électronique")
    browser.type(email)
    browser.tab_to("textbox", "Mot de passe")
    browser.type(PASSWORD)
    browser.press("Enter")
    browser.gone("button", "Se connecter")


def read_by_keyboard(tablet: Browser, called: Served) -> None:
    """From the door to the first page of the first piece."""
    origin = f"http://localhost:{called.settings.port}"
    sign_in_by_keyboard(tablet, origin, "alice@staubin.example")
    tablet.wait_text("Dossier prêt hors ligne : 2 pièces sur 2")
    tablet.tab_to("link", "Ouvrir le dossier")
    tablet.press("Enter")
    tablet.see("heading", "Affaire 1")
    tablet.tab_to("link", "Rapport 1", exact=False)
    tablet.press("Enter")
    tablet.wait_until(DRAWN)


def test_a_councillor_reads_with_tab_alone(called: Served, browsers: Open) -> None:
    tablet = browsers("tablet")
    read_by_keyboard(tablet, called)
    tablet.tab_to("button", "Chercher")
    tablet.press("Enter")
    tablet.see("field", "Mot ou expression")
    tablet.type("conseil")
    tablet.wait_text("passage")
    tablet.press("Escape")
    tablet.tab_to("link", "Pièce suivante", exact=False)
    tablet.press("Enter")
    tablet.see("heading", "Rapport 2")
    tablet.tab_to("link", "Ordre du jour", exact=False)
    tablet.press("Enter")
    tablet.see("heading", "Affaire 2")


def test_a_councillor_writes_prepares_and_answers_with_tab_alone(
    called: Served, browsers: Open
) -> None:
    tablet = browsers("tablet")
    read_by_keyboard(tablet, called)
    tablet.press("l")
    for _ in range(3):
        tablet.press("Shift+ArrowRight")
    tablet.press("Enter")
    wait_marks(tablet, highlight=1)
    tablet.press("m")
    wait_marks(tablet, highlight=1, bookmark=1)
    tablet.press("n")
    tablet.see("field", "Ma note")
    tablet.type("Relire la page deux")
    tablet.press("Escape")
    tablet.wait_text("Relire la page deux", "#reader-panel")
    tablet.tab_to("button", "Préparer")
    tablet.press("Enter")
    tablet.see("heading", "Ma préparation")
    intend_for(tablet)
    tablet.tab_to("textbox", "Mes arguments")
    tablet.type("Le besoin est établi")
    tablet.press("Escape")
    tablet.gone("heading", "Ma préparation")
    tablet.tab_to("link", "Ordre du jour", exact=False)
    tablet.press("Enter")
    tablet.wait_text("Intention : pour")
    tablet.tab_to("button", "Présent")
    tablet.press("Enter")
    tablet.wait_text("Reçue par la mairie le")
    tablet.tab_to("link", "Mes notes", exact=False)
    tablet.press("Enter")
    tablet.see("heading", "Mes notes de la séance")
    tablet.wait_text("Relire la page deux")
    is_accessible(tablet)


def test_a_clerk_prepares_and_calls_with_tab_alone(
    called: Served, browsers: Open, papers: list[Path]
) -> None:
    origin = f"http://localhost:{called.settings.port}"
    clerk = browsers("clerk")
    sign_in_by_keyboard(clerk, origin, "claire@staubin.example")
    clerk.tab_to("link", "Préparer une séance")
    clerk.press("Enter")
    clerk.see("heading", "Nouvelle séance")
    clerk.tab_to("combobox", "Assemblée")
    clerk.type("council")
    day = datetime.now(UTC) + timedelta(days=9)
    for name, value in (("Date", f"{day:%d/%m/%Y}"), ("Heure", "19:00"), ("Lieu", "Mairie")):
        clerk.tab_to("textbox", name)
        clerk.type(value)
    clerk.tab_to("button", "Créer la séance")
    clerk.press("Enter")
    clerk.see("heading", "Préparer : council")
    for title in ("Budget", "Urbanisme"):
        clerk.tab_to("button", "Ajouter un point")
        clerk.press("Enter")
        clerk.see("heading", "Ajouter un point", within="dialog[open]")
        clerk.type(title)
        clerk.press("Enter")
        clerk.see("heading", title)
    clerk.tab_to("button", "Monter le point 2")
    clerk.press("Enter")
    clerk.wait_until(
        "return [...document.querySelectorAll('ol h3')].map((e) => e.innerText.trim())"
        ".join() === 'Urbanisme,Budget'"
    )
    clerk.upload(papers[3:4])  # the file window belongs to the system, not to the page
    clerk.wait_text("Prête")
    clerk.tab_to("button", "Convoquer")
    clerk.press("Enter")
    clerk.see("button", "Convoquer 3 personnes", within="dialog[open]")
    clerk.tab_to("button", "Convoquer 3 personnes")
    clerk.press("Enter")
    clerk.see("heading", "Séance convoquée")
