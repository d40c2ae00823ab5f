"""Notes stay where they were written: on the older version of a piece, readable off line."""

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

ALICE = "alice@staubin.example"
NOTE = "Demander le coût des travaux."
# Whole files of this tablet, by their hash.
WHOLE = """
const found = (await indexedDB.databases()).filter(({ name }) => name.split(':').length === 3)
for (const { name } of found) {
  const db = await new Promise((done, fail) => {
    const request = indexedDB.open(name)
    request.onsuccess = () => done(request.result)
    request.onerror = () => fail(request.error)
  })
  const file = await new Promise((done) => {
    const request = db.transaction('files').objectStore('files').get(args[0])
    request.onsuccess = () => done(request.result)
  })
  db.close()
  if (file?.complete) return true
}
return false
"""


@pytest.fixture
def called(papers: list[Path]) -> Iterator[Served]:
    """A called sitting of one item."""
    with called_sitting(papers[3:4]) as running:
        yield running


def replace(called: Served, paper: Path) -> None:
    """The clerk puts another file in the place of the piece."""
    clerk, town = called.sign_in("claire@staubin.example"), called.cast.town.path
    sitting = clerk.get(f"{town}/sittings").json()[0]["id"]
    (piece,) = clerk.get(f"{town}/sittings/{sitting}/documents").json()
    clerk.post(
        f"{town}/documents/{piece['document']['id']}/versions",
        params={"file_name": paper.name, "reason": "Le total était faux"},
        content=paper.read_bytes(),
        headers={"content-type": "application/pdf"},
    ).raise_for_status()


def hash_of_first(called: Served) -> str:
    """The older version, as its author's tablet knows it."""
    pulled = called.sign_in(ALICE).post(f"{called.cast.town.path}/sync/pull", json={}).json()
    (row,) = (one for one in pulled["rows"] if one["kind"] == "annotation")
    sha256: str = row["value"]["sha256"]
    return sha256


def shows_older(tablet: Browser) -> None:
    """From the newer version to the notes of the older one, and back."""
    wait_marks(tablet, note=0)
    tablet.click("link", "1 note sur la version 1", within=".banner")
    wait_marks(tablet, note=1)
    tablet.wait_text("version 1", ".reader .top")
    if not tablet.has("heading", "Mes notes"):
        tablet.click("button", "Mes notes")
    tablet.wait_text(NOTE, "#reader-panel")
    is_accessible(tablet)
    tablet.click("button", "Lire la version 2")
    tablet.wait_text("version 2", ".reader .top")
    wait_marks(tablet, note=0)


def test_notes_on_an_older_version_are_read_off_line(
    called: Served, papers: list[Path], browsers: Open
) -> None:
    port = called.settings.port
    with Gate(port) as here, Gate(port) as there:
        first, second = browsers("first"), browsers("second", (820, 1180))
        sign_in(first, here.url, ALICE)
        first.wait_text("Dossier prêt hors ligne : 1 pièce sur 1")
        first.click("link", "Ouvrir le dossier")
        open_piece(first, "Rapport 1")
        note(first, NOTE)
        first.wait_text("À jour", ".reader .top")
        replace(called, papers[4])
        first.see("button", "Lire la version 2")
        wait_marks(first, note=1)
        first.click("button", "Lire la version 2")
        first.wait_text("version 2", ".reader .top")
        older = hash_of_first(called)
        sign_in(second, there.url, ALICE)
        second.wait_until(WHOLE, older)
        second.click("link", "Ouvrir le dossier")
        for gate in (here, there):
            gate.close()
        shows_older(first)
        open_piece(second, "Rapport 1")
        shows_older(second)
