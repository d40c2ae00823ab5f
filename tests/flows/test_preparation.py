"""The councillor's preparation: votes, reading, the answer to the call, on tablets off line."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from tests.flows.browsers import Browser
from tests.flows.conftest import Open
from tests.flows.gate import Gate
from tests.flows.hands import intend_for
from tests.flows.people import is_accessible, sign_in
from tests.flows.town import called_sitting
from tests.serving import Served

ALICE = "alice@staubin.example"
DRAWN = "return !!document.querySelector('.textLayer span')"


@pytest.fixture
def called(papers: list[Path]) -> Iterator[Served]:
    """A called sitting of two items, one piece each."""
    with called_sitting(papers[4:6]) as running:
        yield running


@pytest.fixture
def gates(called: Served) -> Iterator[tuple[Gate, Gate]]:
    """The networks of two tablets."""
    port = called.settings.port
    with Gate(port) as first, Gate(port) as second:
        yield first, second


def carry(browser: Browser, origin: str) -> None:
    """Alice signs in, and the dossier comes to her tablet."""
    sign_in(browser, origin, ALICE)
    browser.wait_text("Dossier prêt hors ligne : 2 pièces sur 2")


def open_sheet(browser: Browser) -> None:
    """From the home screen to the sheet of all items."""
    browser.click("link", "Ouvrir le dossier")
    browser.click("link", "Préparer mes votes")
    browser.see("heading", "Préparer mes votes")


def prepare(browser: Browser, choice: str, argument: str) -> None:
    """The first item, by choice and in words; waits until the tablet has it."""
    browser.click("button", "1 Affaire 1", exact=False)
    browser.click("radio", choice)
    browser.fill("Mes arguments", argument)
    browser.wait_text(f"Intention : {choice.lower()}")
    browser.wait_until(IS_WRITTEN, argument)


IS_WRITTEN = """
const sheet = document.querySelector('.printed')
return sheet !== null && sheet.textContent.includes(args[0])
"""


def test_two_tablets_that_disagree_show_both(gates: tuple[Gate, Gate], browsers: Open) -> None:
    first, second = browsers("first"), browsers("second", (820, 1180))
    for tablet, gate in zip((first, second), gates, strict=True):
        carry(tablet, gate.url)
        gate.close()
        open_sheet(tablet)
    prepare(first, "Pour", "Une école pour le bourg.")
    prepare(second, "Contre", "Trop cher pour la commune.")
    is_accessible(second)
    for tablet in (first, second):
        tablet.restart()
    gates[0].open()
    first.open(gates[0].url)
    first.wait_text("À jour.")
    gates[1].open()
    second.open(gates[1].url)
    for tablet in (first, second):
        open_sheet(tablet)
        tablet.wait_text("Deux réponses")
        tablet.click("button", "1 Affaire 1", exact=False)
        tablet.see("heading", "Deux réponses, laquelle garder ?")
        for words in ("Pour", "Une école pour le bourg.", "Contre", "Trop cher pour la commune."):
            tablet.wait_text(words, ".two-answers li")
        is_accessible(tablet)
    first.click("button", "Garder « Contre » et les mots des deux")
    for tablet in (first, second):
        tablet.gone("heading", "Deux réponses, laquelle garder ?")
        tablet.wait_text("Intention : contre")
    both = "return document.querySelector('details[open] textarea').value"
    kept = second.script(both)
    assert "Une école" in kept
    assert "Trop cher" in kept


def test_reading_goes_on_from_one_tablet_to_another(
    gates: tuple[Gate, Gate], browsers: Open
) -> None:
    first, second = browsers("first"), browsers("second")
    carry(first, gates[0].url)
    carry(second, gates[1].url)
    gates[0].close()
    first.click("link", "Ouvrir le dossier")
    first.click("link", "Rapport 2")
    first.wait_until(DRAWN)
    first.click("button", "Page suivante")
    first.wait_until("return document.querySelector('header input').value === '2'")
    first.click("button", "Préparer")
    first.see("heading", "Ma préparation")
    is_accessible(first)
    first.check("Marquer comme lu")
    first.press("Escape")
    first.gone("heading", "Ma préparation")
    assert first.focused() == ("button", "Préparer")
    first.click("link", "Ordre du jour", exact=False)
    first.wait_text("1 pièce lue sur 2")
    first.wait_text("Page 2 sur")
    is_accessible(first)
    gates[0].open()
    first.click("button", "Réessayer")
    second.wait_text("Lecture en cours : Rapport 2, page 2")
    is_accessible(second)
    second.click("link", "Reprendre la lecture")
    second.wait_until("return document.querySelector('header input')?.value === '2'")
    second.click("link", "Ordre du jour", exact=False)
    second.wait_text("1 pièce lue sur 2")


def test_an_answer_says_where_it_is_and_the_clerk_sees_it_come(
    called: Served, gates: tuple[Gate, Gate], browsers: Open
) -> None:
    clerk, tablet = browsers("clerk"), browsers("tablet", (820, 1180))
    sign_in(clerk, f"http://localhost:{called.settings.port}", "claire@staubin.example")
    clerk.click("link", "council", exact=False)
    clerk.see("heading", "Réponses à la convocation")
    clerk.wait_text("présent 0 absent 0 excusé 0 sans réponse 3", ".tally")
    is_accessible(clerk)
    gate = gates[0]
    carry(tablet, gate.url)
    gate.close()
    is_accessible(tablet)
    tablet.click("button", "Présent")
    tablet.wait_text("Réponse enregistrée sur la tablette, pas encore reçue par la mairie.")
    tablet.restart()
    tablet.open(gate.url)
    tablet.wait_text("pas encore reçue par la mairie")
    is_accessible(tablet)
    gate.open()
    tablet.wait_text("Reçue par la mairie le", patience=90)
    clerk.wait_text("présent 1 absent 0 excusé 0 sans réponse 2", ".tally")
    tablet.click("button", "Changer ma réponse")
    tablet.click("button", "Excusé")
    clerk.wait_text("présent 0 absent 0 excusé 1 sans réponse 2", ".tally")
    clerk.click("button", "Voir la liste des 3 personnes convoquées")
    clerk.fill("Chercher une personne", "alice")
    clerk.wait_text("Réponse précédente", "table")
    assert "Bruno" not in clerk.text("table")
    is_accessible(clerk)
    tablet.click("link", "Ouvrir le dossier")
    tablet.wait_text("Vous avez répondu : excusé. Reçue par la mairie le")
    tablet.wait_text("Ma réponse précédente")
    is_accessible(tablet)


def test_votes_are_prepared_with_tab_alone_and_printed(
    gates: tuple[Gate, Gate], browsers: Open, tmp_path: Path
) -> None:
    tablet = browsers("tablet")
    carry(tablet, gates[0].url)
    gates[0].close()
    tablet.tab_to("link", "Ouvrir le dossier")
    tablet.press("Enter")
    tablet.see("heading", "Affaire 1")
    tablet.tab_to("link", "Préparer le point 2")
    tablet.press("Enter")
    tablet.see("heading", "Préparer mes votes")
    tablet.see("radio", "À décider")
    assert "2 Affaire 2" in tablet.focused()[1]
    intend_for(tablet)
    tablet.wait_text("Intention : pour")
    tablet.tab_to("textbox", "Question aux services")
    tablet.type("Combien de logements ?")
    tablet.tab_to("checkbox", "Je suis concerné")
    tablet.press(" ")
    tablet.wait_text("quittez la salle")
    tablet.wait_text("article L. 2131-11")
    tablet.wait_text("1 point sur 2 préparé")
    tablet.wait_text("Ce n'est pas un vote")
    is_accessible(tablet)
    tablet.wait_until(IS_WRITTEN, "Combien de logements ?")
    if tablet.engine == "webkit":  # its driver does not print
        return
    pages = printed(tablet, tmp_path / "sheet.pdf")
    assert len(pages) == 1
    for words in ("Ma préparation", "Affaire 1", "Affaire 2", "Combien de logements", "vote"):
        assert words in pages[0]
    assert "Mon compte" not in pages[0]


def printed(browser: Browser, path: Path) -> list[str]:
    """The text of each page that comes out of the printer."""
    browser.page.pdf(path=path, prefer_css_page_size=True)
    with pypdfium2.PdfDocument(path) as paper:
        return [page.get_textpage().get_text_bounded() for page in paper]
