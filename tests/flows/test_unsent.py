"""Words written off line that meet a change: refused, on a lost tablet, or about to be lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.browsers import Browser
from tests.flows.conftest import Open
from tests.flows.gate import Gate
from tests.flows.people import is_accessible, sign_in
from tests.flows.town import called_sitting
from tests.serving import Served

ALICE = "alice@staubin.example"
WORDS = "Demander le plan de financement avant de voter."
STORES = "return (await indexedDB.databases()).map((each) => each.name).join(' ')"


@pytest.fixture
def called(papers: list[Path]) -> Iterator[Served]:
    """A called sitting of two items, one piece each."""
    with called_sitting(papers[4:6]) as running:
        yield running


@pytest.fixture
def gate(called: Served) -> Iterator[Gate]:
    """The network of Alice's tablet."""
    with Gate(called.settings.port) as way:
        yield way


def write_off_line(tablet: Browser, gate: Gate) -> None:
    """Alice prepares the first item where there is no network."""
    sign_in(tablet, gate.url, ALICE)
    tablet.wait_text("Dossier prêt hors ligne : 2 pièces sur 2")
    gate.close()
    tablet.click("link", "Ouvrir le dossier")
    tablet.click("link", "Préparer mes votes")
    tablet.see("heading", "Préparer mes votes")
    tablet.click("button", "1 Affaire 1", exact=False)
    tablet.click("radio", "Contre")
    tablet.fill("Mes arguments", WORDS)
    tablet.wait_text("Intention : contre")
    tablet.wait_until(
        "return document.querySelector('.printed')?.textContent.includes(args[0])", WORDS
    )
    tablet.wait_text("Hors ligne : tout est sur la tablette, ")
    tablet.wait_text(" à envoyer.")


def set_in_camera(called: Served, in_camera: bool, is_voting: bool) -> None:
    """The first item is for voters behind closed doors, and Alice is one of them or not."""
    town = called.cast.town
    admin, clerk = called.sign_in("ines@staubin.example"), called.sign_in("claire@staubin.example")
    members = admin.get(f"{town.path}/members").json()
    alice = next(line for line in members if line["first_name"] == "Alice")
    for seat in alice["seats"]:
        change = {"is_voting": is_voting}
        admin.patch(f"{town.path}/seats/{seat['id']}", json=change).raise_for_status()
    sitting = clerk.get(f"{town.path}/sittings").json()[0]["id"]
    item = clerk.get(f"{town.path}/sittings/{sitting}").json()["agenda"][0]["id"]
    clerk.patch(f"{town.path}/agenda/{item}", json={"in_camera": in_camera}).raise_for_status()


def pulled(called: Served, kind: str) -> list[dict[str, Any]]:
    """Alice's rows of a kind, as a new tablet gets them."""
    path = f"{called.cast.town.path}/sync/pull"
    rows = called.sign_in(ALICE).post(path, json={}).raise_for_status().json()["rows"]
    return [row["value"] for row in rows if row["kind"] == kind and "value" in row]


def parked(called: Served) -> list[str]:
    """Why what waits for Alice was refused."""
    return [row["code"] for row in pulled(called, "parked_mutation")]


def test_what_is_refused_is_there_to_copy_to_try_again_or_to_delete(
    called: Served, gate: Gate, browsers: Open
) -> None:
    tablet = browsers("tablet")
    write_off_line(tablet, gate)
    set_in_camera(called, True, False)
    gate.open()
    tablet.click("button", "Réessayer")
    tablet.click("link", "à récupérer", exact=False)
    tablet.see("heading", "À récupérer")
    tablet.wait_text(WORDS)
    tablet.wait_text("Vous n'aviez plus accès à ce point")
    is_accessible(tablet)
    cards = "return document.querySelectorAll('main article').length"
    assert tablet.script(cards) == 1, "what was written of one item is tried again as one"
    tablet.click("button", "Réessayer", within="main ul li")
    tablet.wait_until(f"{cards} === 0")
    tablet.wait_text("Vous n'aviez plus accès à ce point")
    set_in_camera(called, False, True)
    tablet.click("button", "Réessayer", within="main ul li")
    tablet.see("heading", "Rien à récupérer")
    is_accessible(tablet)
    tablet.wait_text("À jour.")
    assert parked(called) == []
    tablet.click("link", "Mes séances")
    tablet.click("link", "Ouvrir le dossier")
    tablet.click("link", "Préparer mes votes")
    tablet.wait_text("Intention : contre")


def test_a_tablet_signed_out_from_elsewhere_sends_before_it_forgets(
    called: Served, gate: Gate, browsers: Open
) -> None:
    tablet = browsers("tablet", (820, 1180))
    write_off_line(tablet, gate)
    alice = called.sign_in(ALICE)
    alice.post("/api/devices/sign-out-others").raise_for_status()
    tablet.restart()
    gate.open()
    tablet.open(gate.url)
    tablet.see("field", "Adresse électronique")
    tablet.wait_until(f"return !(await (async () => {{ {STORES} }})()).includes('cartable:')")
    assert set(parked(called)) == {"device_signed_out"}
    sign_in(tablet, gate.url, ALICE)
    tablet.click("link", "à récupérer", exact=False)
    tablet.wait_text(WORDS)
    tablet.wait_text("Cet appareil a été déconnecté.")


def test_nobody_signs_out_of_unsent_words_without_being_told(
    called: Served, gate: Gate, browsers: Open
) -> None:
    tablet = browsers("tablet")
    write_off_line(tablet, gate)
    tablet.open(f"{gate.url}/compte")
    tablet.click("button", "Se déconnecter")
    tablet.wait_text("ne sont pas encore envoyées.")
    is_accessible(tablet)
    tablet.click("button", "Se déconnecter et l", exact=False)
    # The list of devices, behind, says the same.
    tablet.wait_text("Le serveur de la mairie ne répond pas.", "dialog[open]")
    gate.open()
    tablet.wait_until(
        "return !document.querySelector('dialog[open]').textContent.includes('encore envoyée')",
        patience=60,
    )
    tablet.click("button", "Se déconnecter", within="dialog[open]")
    tablet.see("field", "Adresse électronique")
    assert parked(called) == []
    assert [row["argument"] for row in pulled(called, "vote_intention")] == [WORDS]
