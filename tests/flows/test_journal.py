"""An administrator reads the journal, proves that it is whole, takes a copy of it away; then a line
is altered behind the server's back, and the proof names it."""

import re
import sqlite3
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from tests.cast import PASSWORD
from tests.flows.browsers import Browser
from tests.flows.chromium import Chromium
from tests.flows.conftest import Open
from tests.flows.people import is_accessible, sign_in
from tests.flows.test_sign_in_story import age_proofs
from tests.flows.webkit import WebKit
from tests.serving import Served

CLAIRE, INES = "claire@staubin.example", "ines@staubin.example"
CREATED = "Claire Nom-claire a créé la séance"
DIALOG = "dialog[open]"
COUNT = "search + [role=status]"


def set_two_sittings(server: Served) -> None:
    """The clerk's two deeds that the journal is searched for."""
    town, clerk = server.cast.town, server.sign_in(CLAIRE)
    for days in (20, 40):
        day = (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT18:30")
        body = {"assembly_id": town.assemblies["council"], "starts_at": day, "place": "Mairie"}
        clerk.post(f"{town.path}/sittings", json=body).raise_for_status()


def fill_a_page(server: Served) -> None:
    """Groups enough for the journal to take more than a page."""
    admin = server.sign_in(INES)
    for number in range(40):
        body = {"name": f"Groupe {number}"}
        admin.post(f"{server.cast.town.path}/groups", json=body).raise_for_status()


def alter(server: Served, position: int) -> None:
    """Have a line say something else, as whoever can write to the database may try."""
    with sqlite3.connect(server.settings.data / "cartable.sqlite3", timeout=30) as database:
        altered = database.execute(
            "UPDATE audit_event SET event = 'sitting.deleted'"
            " WHERE event = 'sitting.created' AND position = ?",
            [position],
        )
    database.close()
    assert altered.rowcount == 1


def lines_shown(admin: Browser) -> int:
    """How many lines the screen says that it found."""
    return int(admin.text(COUNT).split()[0])


def verify(admin: Browser) -> None:
    """Ask for the proof without a mouse."""
    admin.tab_to("button", "Vérifier le journal")
    admin.press("Enter")


def downloaded(admin: Browser) -> Path:
    """Confirm who it is, and wait for the file that comes."""
    if admin.engine == "chromium":
        with cast(Chromium, admin).page.expect_download(timeout=60_000) as coming:
            admin.click("button", "Confirmer", within=DIALOG)
        return coming.value.path()
    admin.click("button", "Confirmer", within=DIALOG)
    until = time.monotonic() + 60
    while not (found := list(cast(WebKit, admin).downloads.glob("journal-*.zip"))):
        assert time.monotonic() < until, "nothing was downloaded"
        time.sleep(0.2)
    return found[0]


def test_the_journal_is_read_proved_and_taken_away(server: Served, browsers: Open) -> None:
    set_two_sittings(server)
    fill_a_page(server)
    admin = browsers("administrator", (820, 1180))
    sign_in(admin, server.settings.address, INES)
    admin.click("link", "Journal")
    admin.see("row", "Ines Nom-ines a créé le groupe Groupe 39", exact=False)
    total = lines_shown(admin)
    assert total > 50
    is_accessible(admin)
    admin.click("button", "Page suivante")
    admin.see("row", "a ouvert la collectivité", exact=False)
    assert admin.focused() == ("heading", "Journal")
    assert not admin.has("row", "Groupe 39", exact=False)
    is_accessible(admin)

    admin.choose("Personne", "Claire Nom-claire")
    admin.see("row", CREATED, exact=False)
    admin.gone("row", "a ouvert la collectivité", exact=False)
    admin.choose("Sujet", "Pièces")
    admin.see("heading", "Aucune ligne ne correspond")
    is_accessible(admin)
    admin.choose("Sujet", "Séances et convocations")
    admin.see("row", CREATED, exact=False)
    assert lines_shown(admin) == 2

    verify(admin)
    admin.wait_text(f"Le journal est intact : {total} lignes vérifiées.")
    is_accessible(admin)

    # A copy holds names: whoever has been there since yesterday shows who they are.
    age_proofs(server)
    admin.click("button", "Exporter")
    admin.see("heading", "Exporter le journal")
    is_accessible(admin)
    admin.click("button", "Préparer et télécharger", within=DIALOG)
    admin.see("heading", "Confirmez que c'est bien vous")
    is_accessible(admin)
    admin.fill("Mot de passe", PASSWORD, within=DIALOG)
    with zipfile.ZipFile(downloaded(admin)) as copy:
        text = copy.read("journal.csv").decode("utf-8-sig")
        assert text.count("sitting.created") == 2
    admin.wait_text("Le téléchargement a commencé.")
    admin.choose("Personne", "Tout le monde")
    admin.choose("Sujet", "Journal")
    admin.see("row", "Ines Nom-ines a exporté le journal", exact=False)


def test_an_altered_line_is_named(server: Served, browsers: Open) -> None:
    set_two_sittings(server)
    admin = browsers("administrator")
    sign_in(admin, server.settings.address, INES)
    admin.click("link", "Journal")
    admin.choose("Personne", "Claire Nom-claire")
    admin.gone("row", "Ines Nom-ines", exact=False)
    admin.see("row", CREATED, exact=False)
    verify(admin)
    admin.wait_text("Le journal est intact")

    number = re.search(r"\d+$", admin.names("row", within="tbody")[0])
    assert number
    alter(server, int(number[0]))
    verify(admin)
    admin.wait_text(f"Le journal a été altéré à la ligne {number[0]}.")
    admin.wait_text("Cette ligne a été changée. Prévenez l'hébergeur sans attendre")
    assert "intact" not in admin.text()
    is_accessible(admin)
