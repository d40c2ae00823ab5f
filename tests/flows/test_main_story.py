"""The main story: from the clerk's upload to a councillor's tablet without a network."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cartable.demo.content import demonstration
from tests.cast import PASSWORD
from tests.flows.browsers import Browser
from tests.flows.conftest import TODAY, Open
from tests.flows.gate import Gate
from tests.flows.people import is_accessible, sign_in
from tests.serving import Served

ITEMS = next(s for s in demonstration(TODAY).sittings if s.key == "council").items


def create_sitting(clerk: Browser) -> None:
    """A draft in a week."""
    clerk.click("link", "Préparer une séance")
    clerk.see("heading", "Nouvelle séance")
    is_accessible(clerk)
    day = datetime.now(UTC) + timedelta(days=7)
    clerk.choose("Assemblée", "council")
    clerk.fill("Date", day.strftime("%d/%m/%Y"))
    clerk.fill("Heure", "18:30")
    clerk.fill("Lieu", "Salle du conseil, hôtel de ville")
    clerk.click("button", "Créer la séance")
    clerk.see("heading", "Préparer : council")
    is_accessible(clerk)


def write_agenda(clerk: Browser) -> None:
    """The items, one after another, one in camera; the last is moved up and back by keyboard."""
    for item in ITEMS:
        clerk.click("button", "Ajouter un point")
        clerk.fill("Intitulé", item.title, within="dialog[open]")
        if item.in_camera:
            clerk.click_css("dialog[open] input[type=checkbox]")
        clerk.click("button", "Ajouter le point", within="dialog[open]")
        clerk.see("heading", item.title)
    last = len(ITEMS)
    clerk.click("button", f"Monter le point {last}")
    clerk.wait_until(_HEADINGS_ARE, [*(i.title for i in ITEMS[:-2]), *swapped(ITEMS)])
    clerk.click("button", f"Descendre le point {last - 1}")
    clerk.wait_until(_HEADINGS_ARE, [item.title for item in ITEMS])


def swapped(items: tuple) -> list[str]:  # type: ignore[type-arg]
    """The last two titles, the other way round."""
    return [items[-1].title, items[-2].title]


_HEADINGS_ARE = """
const plain = (text) => text.replace(/’/g, "'").replace(/\\s+/g, ' ').trim()
const shown = [...document.querySelectorAll('ol h3')].map((each) => plain(each.innerText))
return JSON.stringify(shown) === JSON.stringify(args[0].map(plain))
"""


def deposit(clerk: Browser, papers: list[Path]) -> None:
    """All the pieces at once; each ends ready, placed on its item by its name."""
    clerk.upload(papers)
    clerk.wait_text(f"{len(papers)} pièces", patience=120)
    clerk.wait_until(
        """
        const text = document.body.innerText
        return !/En cours d.envoi|En attente|Vérification/.test(text)
        """,
        patience=180,
    )
    is_accessible(clerk)


def call(clerk: Browser) -> None:
    """The members see it from now on."""
    clerk.click("button", "Convoquer")
    is_accessible(clerk)
    clerk.click("button", "Convoquer 3 personnes", within="dialog[open]")
    clerk.see("heading", "Séance convoquée")
    is_accessible(clerk)


def download(tablet: Browser, gate: Gate, pieces: int) -> None:
    """The whole dossier arrives, in spite of a cut half way."""
    sign_in(tablet, gate.url, "alice@staubin.example")
    gate.close_after(1_500_000)
    tablet.wait_text("Hors ligne")
    is_accessible(tablet)
    gate.open()
    tablet.wait_text(f"Dossier prêt hors ligne : {pieces} pièces sur {pieces}", patience=180)
    is_accessible(tablet)


def read_off_line(tablet: Browser, gate: Gate) -> None:
    """Airplane mode, a cold start, the budget, a word in it, and the same page later."""
    gate.close()
    tablet.restart()
    tablet.open(gate.url)
    tablet.see("heading", "Mes séances")
    tablet.wait_text("Hors ligne : tout est sur la tablette")
    is_accessible(tablet)
    tablet.click("link", "Ouvrir le dossier")
    tablet.see("heading", ITEMS[2].title, exact=False)
    is_accessible(tablet)
    tablet.click("link", "Budget primitif", exact=False)
    tablet.wait_until(_PAGE_DRAWN)
    is_accessible(tablet)
    tablet.click("button", "Chercher")
    tablet.fill("Mot ou expression", "aide aux associations")
    tablet.wait_text("passages sur")
    is_accessible(tablet)
    before = page_of(tablet)
    tablet.press("Enter")
    tablet.wait_until(f"return ({_PAGE}) !== {before}")
    found = page_of(tablet)
    assert found > 1, "the word is deep in the budget"
    tablet.click("link", "Ordre du jour", exact=False)
    tablet.see("heading", "council")
    tablet.restart()
    tablet.open(gate.url)
    tablet.click("link", "Ouvrir le dossier")
    tablet.click("link", "Budget primitif", exact=False)
    tablet.wait_until(f"return ({_PAGE}) === {found}")


_PAGE = "Number(document.querySelector('header input')?.value ?? 0)"
_PAGE_DRAWN = "return !!document.querySelector('.textLayer span')"


def page_of(tablet: Browser) -> int:
    """The page that the bar says."""
    return int(tablet.script(f"return {_PAGE}"))


def sees_nothing(stranger: Browser, origin: str, email: str, *, is_signed_in: bool = False) -> None:
    """A person whom the sitting does not concern."""
    if is_signed_in:
        stranger.open(origin)
    else:
        sign_in(stranger, origin, email)
    stranger.see("heading", "Mes séances")
    stranger.wait_text("Aucune séance")
    assert not re.search("Salle du conseil", stranger.text())
    is_accessible(stranger)
    stranger.quit()


def colleague_of_another_assembly(browser: Browser, server: Served, origin: str) -> None:
    """Somebody of the finance committee only: let in a minute ago, signs in for the first time."""
    town = server.cast.town
    administrator = server.sign_in("ines@staubin.example")
    added = administrator.post(
        f"{town.path}/members",
        json={
            "first_name": "Fanny",
            "last_name": "Ferrand",
            "email": "fanny@staubin.example",
            "roles": ["councillor"],
            "seats": [{"assembly_id": town.assemblies["finances"], "starts_on": "2026-01-01"}],
        },
    )
    browser.open(f"{origin}/connexion")
    browser.see("field", "Adresse électronique")
    browser.fill("Adresse électronique", "fanny@staubin.example")
    browser.fill("Mot de passe", added.json()["one_time_password"])
    browser.click("button", "Se connecter")
    browser.see("field", "Nouveau mot de passe")
    is_accessible(browser)
    browser.fill("Nouveau mot de passe", PASSWORD)
    browser.click("button", "Enregistrer ce mot de passe")
    # The button changes its words while it works: the heading goes once the password is chosen.
    browser.gone("heading", "Choisissez votre mot de passe")
    sees_nothing(browser, origin, "fanny@staubin.example", is_signed_in=True)


def test_from_the_upload_to_airplane_mode(
    server: Served, gate: Gate, browsers: Open, papers: list[Path]
) -> None:
    origin = f"http://localhost:{server.settings.port}"
    clerk = browsers("clerk")
    sign_in(clerk, origin, "claire@staubin.example")
    create_sitting(clerk)
    write_agenda(clerk)
    deposit(clerk, papers)
    sees_nothing(browsers("draft"), origin, "bruno@staubin.example")
    call(clerk)
    clerk.quit()
    tablet = browsers("tablet", (820, 1180))
    download(tablet, gate, len(papers))
    read_off_line(tablet, gate)
    sees_nothing(browsers("other town"), origin, "daniel@breuil.example")
    sees_nothing(browsers("guest"), origin, "gus@staubin.example")
    colleague_of_another_assembly(browsers("committee"), server, origin)
