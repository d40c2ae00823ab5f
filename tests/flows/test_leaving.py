"""What may no longer be read leaves the tablet at the next contact."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.flows.browsers import Browser
from tests.flows.conftest import Open
from tests.flows.gate import Gate
from tests.flows.people import is_accessible, sign_in
from tests.flows.tablet import wait_pieces
from tests.flows.town import called_sitting
from tests.serving import Served


@pytest.fixture
def called(papers: list[Path]) -> Iterator[Served]:
    """A called sitting of three items, one piece each."""
    with called_sitting(papers[3:6]) as running:
        yield running


def test_what_may_no_longer_be_read_leaves_the_tablet(
    called: Served, papers: list[Path], browsers: Open
) -> None:
    with Gate(called.settings.port) as gate:
        tablet = browsers("tablet", (820, 1180))
        sign_in(tablet, gate.url, "alice@staubin.example")
        tablet.wait_text("Dossier prêt hors ligne : 3 pièces sur 3")
        wait_pieces(tablet, 3)
        clerk = called.sign_in("claire@staubin.example")
        town = called.cast.town.path
        sitting = clerk.get(f"{town}/sittings").json()[0]["id"]
        pieces = clerk.get(f"{town}/sittings/{sitting}/documents").json()
        withdrawn = pieces[0]["document"]["id"]
        reason = {"reason": "Une erreur dans le tableau"}
        clerk.post(f"{town}/documents/{withdrawn}/withdraw", json=reason).raise_for_status()
        tablet.reload()
        tablet.wait_text("2 pièces sur 2")
        tablet.click("link", "Ouvrir le dossier")
        tablet.wait_text("Retirée")
        is_accessible(tablet)
        wait_pieces(tablet, 2)
        _leaves_with_the_vote(called, clerk, tablet, sitting)
        _leaves_with_the_membership(called, tablet)
        wait_pieces(tablet, 0)


def _leaves_with_the_vote(
    called: Served, clerk: httpx.Client, tablet: Browser, sitting: str
) -> None:
    """The seat does not vote any more, and an item goes in camera."""
    town = called.cast.town
    admin = called.sign_in("ines@staubin.example")
    alice = next(
        line for line in admin.get(f"{town.path}/members").json() if line["first_name"] == "Alice"
    )
    for seat in alice["seats"]:
        change = {"is_voting": False}
        admin.patch(f"{town.path}/seats/{seat['id']}", json=change).raise_for_status()
    item = clerk.get(f"{town.path}/sittings/{sitting}").json()["agenda"][1]["id"]
    clerk.patch(f"{town.path}/agenda/{item}", json={"in_camera": True}).raise_for_status()
    tablet.reload()
    tablet.gone("heading", "Affaire 2")
    tablet.see("heading", "Affaire 3")


def _leaves_with_the_membership(called: Served, tablet: Browser) -> None:
    """The administrator ends the membership: the tablet empties itself and says why."""
    town = called.cast.town
    admin = called.sign_in("ines@staubin.example")
    alice = next(
        line for line in admin.get(f"{town.path}/members").json() if line["first_name"] == "Alice"
    )
    admin.post(f"{town.path}/members/{alice['id']}/deactivate").raise_for_status()
    tablet.reload()
    tablet.see("field", "Adresse électronique")
    assert "Affaire" not in tablet.text()
    is_accessible(tablet)
