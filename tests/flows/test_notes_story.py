"""The story of notes: written without a network, on each tablet of their author, seen by nobody."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.flows.bell import deliver, touch
from tests.flows.browsers import Browser
from tests.flows.chromium import Chromium
from tests.flows.conftest import Open
from tests.flows.gate import Gate
from tests.flows.hands import highlight, ink, marks, note, open_piece, wait_marks
from tests.flows.people import is_accessible, sign_in
from tests.flows.town import called_sitting
from tests.serving import Served

ALICE = "alice@staubin.example"
NOTE = "Demander le canari-des-notes au service"
VOTES = (
    ("Pour", "Mes arguments", "Le canari-des-arguments est clair"),
    ("Contre", "Ce que je dirai", "Je parlerai du canari-du-discours"),
    ("Abstention", "Question aux services", "Combien vaut le canari-des-questions ?"),
)
CANARIES = (
    "canari-des-notes",
    "canari-des-arguments",
    "canari-du-discours",
    "canari-des-questions",
)
PRIVATE = ("annotation", "vote_intention", "reading_state")


@pytest.fixture
def called(papers: list[Path]) -> Iterator[Served]:
    """A called sitting of three items, one piece each."""
    with called_sitting(papers[3:6]) as running:
        yield running


def write(tablet: Browser) -> None:
    """On the first piece: a stroke, some words, a note, a page to find again."""
    open_piece(tablet, "Rapport 1")
    is_accessible(tablet)
    ink(tablet)
    highlight(tablet)
    is_accessible(tablet)
    note(tablet, NOTE)
    is_accessible(tablet)
    tablet.click("button", "Marquer la page")
    wait_marks(tablet, ink=1, highlight=1, note=1, bookmark=1)
    tablet.click("link", "Ordre du jour", exact=False)


def prepare(tablet: Browser) -> None:
    """The three votes, on the sheet of the sitting."""
    tablet.click("link", "Préparer mes votes")
    tablet.see("heading", "Préparer mes votes")
    for number, (choice, field, words) in enumerate(VOTES, 1):
        tablet.click("button", f"{number} Affaire {number}", exact=False)
        inside = f"li:nth-of-type({number})"
        tablet.click("radio", choice, within=inside)
        tablet.fill(field, words, within=inside)
        tablet.wait_text(f"Intention : {choice.lower()}", inside)
    tablet.wait_text("3 points sur 3 préparés")
    is_accessible(tablet)


def answer(tablet: Browser) -> None:
    """To the call, from the dossier."""
    tablet.click("link", "Dossier", exact=False)
    tablet.click("button", "Présent")
    tablet.wait_text("Réponse enregistrée sur la tablette, pas encore reçue par la mairie.")
    is_accessible(tablet)


def has_all(tablet: Browser) -> None:
    """From the home screen: everything that was written is shown."""
    # The card grows as rows come in: once it shows the last of them its link stays in place.
    tablet.see("link", "Reprendre la lecture")
    tablet.wait_text("Vous avez répondu : présent")
    tablet.click("link", "Ouvrir le dossier")
    tablet.see("link", "Toutes les séances")
    tablet.wait_text("Vous avez répondu : présent")
    open_piece(tablet, "Rapport 1")
    wait_marks(tablet, ink=1, highlight=1, note=1, bookmark=1)
    if not tablet.has("heading", "Mes notes"):  # the first tablet left it open
        tablet.click("button", "Mes notes")
    tablet.wait_text(NOTE, "#reader-panel")
    is_accessible(tablet)
    tablet.click("link", "Toutes mes notes de la séance")
    tablet.wait_text(NOTE)
    is_accessible(tablet)
    tablet.click("link", "Dossier de la séance")
    tablet.click("link", "Préparer mes votes")
    for number, (choice, _, words) in enumerate(VOTES, 1):
        inside = f"li:nth-of-type({number})"
        tablet.wait_text(f"Intention : {choice.lower()}", inside)
        tablet.click("button", f"{number} Affaire {number}", exact=False)
        kept = "return [...document.querySelectorAll(args[0])].some((e) => e.value === args[1])"
        tablet.wait_until(kept, f"{inside} textarea", words)
    tablet.click("link", "Dossier", exact=False)


def rows_of(server: Served, email: str, *kinds: str) -> list[str]:
    """The ids of somebody's rows, as their own tablet gets them."""
    pulled = server.sign_in(email).post(f"{server.cast.town.path}/sync/pull", json={})
    return [row["id"] for row in pulled.json()["rows"] if row["kind"] in kinds]


def open_by_notification(tablet: Browser, server: Served, origin: str) -> None:
    """The sitting was called: the tablet says so, and a touch opens it. WebKitGTK has no push."""
    if not isinstance(tablet, Chromium):
        tablet.click("link", "Ouvrir le dossier")
        return
    town = server.cast.town
    sitting = server.sign_in("claire@staubin.example").get(f"{town.path}/sittings").json()[0]["id"]
    deliver(tablet, origin, sitting, f"/seances/{town.id}/{sitting}")
    touch(tablet)
    tablet.see("heading", "Affaire 1")


def shows_nothing(browser: Browser) -> None:
    """No word of hers on the screen, which has come to rest."""
    shown = browser.text()
    assert shown.strip()
    assert [words for words in CANARIES if words in shown] == []


def colleague_sees_nothing(browser: Browser, origin: str) -> None:
    """Bruno reads the same pieces: they are bare, and so are his own notes and votes."""
    sign_in(browser, origin, "bruno@staubin.example")
    browser.wait_text("Dossier prêt hors ligne : 3 pièces sur 3")
    shows_nothing(browser)
    browser.click("link", "Ouvrir le dossier")
    browser.wait_text("0 pièce lue sur 3")
    browser.see("button", "Présent")
    shows_nothing(browser)
    open_piece(browser, "Rapport 1")
    browser.click("button", "Mes notes")
    browser.wait_text("Rien encore sur cette pièce.")
    assert not any(marks(browser).values())
    browser.click("link", "Toutes mes notes de la séance")
    browser.wait_text("Aucune note sur les pièces de cette séance.")
    browser.click("link", "Dossier de la séance")
    browser.click("link", "Préparer mes votes")
    browser.wait_text("0 point sur 3 préparé")
    shows_nothing(browser)


def administrator_sees_nothing(browser: Browser, origin: str) -> None:
    """Inès manages the members."""
    sign_in(browser, origin, "ines@staubin.example")
    browser.see("heading", "Membres")
    browser.wait_text("Alice")
    shows_nothing(browser)


def stranger_sees_nothing(browser: Browser, origin: str) -> None:
    """Daniel belongs to another authority."""
    sign_in(browser, origin, "daniel@breuil.example")
    browser.wait_text("Aucune séance")
    shows_nothing(browser)


def test_what_is_written_without_a_network_comes_to_its_author_alone(
    called: Served, browsers: Open
) -> None:
    port = called.settings.port
    with ExitStack() as stack:
        gate = stack.enter_context(Gate(port))
        own, *foreign = (stack.enter_context(Gate(port, listens=True)) for _ in range(5))
        clerk, tablet = browsers("clerk"), browsers("tablet", (820, 1180))
        sign_in(clerk, foreign[0].url, "claire@staubin.example")
        clerk.click("link", "council", exact=False)
        clerk.wait_text("présent 0 absent 0 excusé 0 sans réponse 3", ".tally")
        sign_in(tablet, gate.url, ALICE)
        tablet.wait_text("Dossier prêt hors ligne : 3 pièces sur 3")
        gate.close()
        open_by_notification(tablet, called, gate.url)
        write(tablet)
        prepare(tablet)
        answer(tablet)
        tablet.restart()
        tablet.open(gate.url)
        has_all(tablet)
        tablet.wait_text("pas encore reçue par la mairie")
        gate.open()
        tablet.click("button", "Réessayer")
        tablet.wait_text("À jour")
        tablet.wait_text("Reçue par la mairie le")
        clerk.wait_text("présent 1 absent 0 excusé 0 sans réponse 2", ".tally")
        clerk.click("button", "Voir la liste des 3 personnes convoquées")
        shows_nothing(clerk)
        is_accessible(clerk)
        tablet.quit()
        second = browsers("second tablet")
        sign_in(second, own.url, ALICE)
        has_all(second)
        second.quit()
        for look, way in zip(LOOKS, foreign[1:], strict=True):
            other = browsers(look.__name__)
            look(other, way.url)
            other.quit()
        private = (*CANARIES, *rows_of(called, ALICE, *PRIVATE))
        (answered,) = rows_of(called, ALICE, "attendance_answer")
        assert len(private) > 10
        assert all(own.said(words) for words in (*private, answered)), "what is looked for is found"
        assert [words for words in private for way in foreign if way.said(words)] == []
        assert [way.said(answered) for way in foreign] == [True, False, False, False]


LOOKS = (colleague_sees_nothing, administrator_sees_nothing, stranger_sees_nothing)
