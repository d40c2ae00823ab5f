"""A tablet is lost: access is taken back, it erases itself, and whoever took it back sees that. One
that stays away too long locks itself until it has spoken with the server."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.browsers import Browser
from tests.flows.chromium import Chromium
from tests.flows.conftest import Open
from tests.flows.gate import Gate
from tests.flows.people import is_accessible, sign_in
from tests.flows.tablet import write_a_vote
from tests.flows.town import called_sitting
from tests.serving import Served

ALICE, PAUL = "alice@staubin.example", "paul@staubin.example"
DAY = 24 * 3600 * 1000
LEFT = """
const names = (await indexedDB.databases()).map((each) => each.name)
const cached = []
for (const name of await caches.keys()) {
  for (const { url } of await (await caches.open(name)).keys()) cached.push(url)
}
return [...names, ...cached, JSON.stringify({ ...localStorage, ...sessionStorage })]
"""
"""Everything that the browser keeps of the application, by name."""

SEALED = """
const told = new TextDecoder('latin1')
const text = (value) => {
  if (value instanceof ArrayBuffer) return told.decode(value)
  if (ArrayBuffer.isView(value)) return told.decode(value)
  if (value instanceof CryptoKey) return value.extractable ? 'EXTRACTABLE' : ''
  if (value && typeof value === 'object') return Object.values(value).map(text).join(' ')
  return String(value)
}
const found = {}
for (const { name } of await indexedDB.databases()) {
  if (!name.startsWith('cartable:') && name !== 'cartable') continue
  const db = await new Promise((done) => {
    const opening = indexedDB.open(name)
    opening.onsuccess = () => done(opening.result)
  })
  for (const store of db.objectStoreNames) {
    const all = await new Promise((done) => {
      const asked = db.transaction(store).objectStore(store).getAll()
      asked.onsuccess = () => done(asked.result)
    })
    found[store] = (found[store] ?? '') + all.map(text).join(' ')
  }
  db.close()
}
return Object.entries(found).filter(([, all]) => args[0].some((word) => all.includes(word)))
  .map(([store]) => store)
"""
"""The stores of the tablet in which one of some words can be read."""

STORES = """(await indexedDB.databases()).map((each) => each.name)
  .filter((name) => name.startsWith('cartable:'))"""
"""The stores of authorities on the tablet."""

CLOCK = """
const ahead = Number(localStorage.getItem('ahead') ?? 0)
if (ahead) {
  const Real = Date
  globalThis.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + ahead) }
    static now() { return Real.now() + ahead }
  }
}
"""


@pytest.fixture
def called(papers: list[Path]) -> Iterator[Served]:
    """A called sitting of two items, one piece each; the first is in camera."""
    with called_sitting(papers[4:6]) as running:
        clerk = running.sign_in("claire@staubin.example")
        town = running.cast.town.path
        sitting = clerk.get(f"{town}/sittings").json()[0]["id"]
        item = clerk.get(f"{town}/sittings/{sitting}").json()["agenda"][0]["id"]
        clerk.patch(f"{town}/agenda/{item}", json={"in_camera": True}).raise_for_status()
        yield running


@pytest.fixture
def way(called: Served) -> Iterator[Gate]:
    """The network of the tablet."""
    with Gate(called.settings.port) as gate:
        yield gate


def devices_of(desk: Browser, name: str) -> None:
    """Opens the devices of a member, as an administrator does."""
    desk.click("button", f"Actions pour {name}")
    desk.click("button", "Appareils")
    desk.see("heading", f"Appareils de {name}")


def copies(called: Served, person: str) -> list[dict[str, Any]]:
    """What the administrator is told of somebody's devices."""
    admin, town = called.sign_in("ines@staubin.example"), called.cast.town
    member = called.cast.people[person].member[town.name]
    answer = admin.get(f"{town.path}/members/{member}/devices").raise_for_status()
    return list(answer.json())


def test_a_lost_tablet_erases_itself_and_the_administrator_sees_it(
    called: Served, way: Gate, browsers: Open
) -> None:
    tablet = browsers("tablet", (820, 1180))
    sign_in(tablet, way.url, ALICE)
    tablet.wait_text("Dossier prêt hors ligne : 2 pièces sur 2", patience=90)
    words = "Le plan de financement manque"
    write_a_vote(tablet, words)
    tablet.wait_text("À jour", patience=60)
    assert tablet.script(SEALED, ["Affaire 1", words, "EXTRACTABLE", "Rapport 1"]) == []
    way.close()
    before = {copy["device_id"] for copy in copies(called, "alice")}

    desk = browsers("desk")
    sign_in(desk, called.base.replace("127.0.0.1", "localhost"), "ines@staubin.example")
    desk.open(
        f"{called.base.replace('127.0.0.1', 'localhost')}/administration/{called.cast.town.id}"
    )
    devices_of(desk, "Alice Nom-alice")
    is_accessible(desk)
    desk.click("button", "Retirer l'accès", within="dialog[open] li", exact=False)
    desk.wait_text("Retirer l'accès à")
    is_accessible(desk)
    desk.click("button", "Retirer l'accès", within="dialog[open] .answers")
    desk.wait_text("Pas encore vue")
    is_accessible(desk)
    lost = [copy for copy in copies(called, "alice") if copy["state"] == "unseen"]
    assert len(lost) == 1
    assert lost[0]["device_id"] in before

    way.open()
    tablet.reload()
    tablet.see("field", "Adresse électronique", patience=60)
    town = str(called.cast.town.id)
    tablet.wait_until(
        f"return !(await (async () => {{ {LEFT} }})()).some((e) => e.includes(args[0]))", town
    )
    tablet.wait_until(f"return !(await (async () => {{ {LEFT} }})()).includes('cartable:')")
    desk.click("button", "Fermer", within="dialog[open]")
    desk.reload()
    devices_of(desk, "Alice Nom-alice")
    desk.wait_text("Effacée le", patience=30)
    is_accessible(desk)
    assert {copy["state"] for copy in copies(called, "alice")} >= {"wiped"}


def test_a_lost_answer_is_said_again_and_the_other_authority_stays(
    called: Served, way: Gate, browsers: Open
) -> None:
    tablet = browsers("tablet")
    sign_in(tablet, way.url, PAUL)
    tablet.wait_text("Dossier prêt hors ligne", patience=90)
    town, other = called.cast.town, called.cast.other
    tablet.wait_until(f"return {STORES}.length === 2")
    admin = called.sign_in("ines@staubin.example")
    member = called.cast.paul.member[town.name]
    # The receipt does not pass: a proxy that answers something else.
    tablet.script(
        """
        const real = window.fetch
        window.fetch = (url, init) =>
          String(url).endsWith('/wiped') ? Promise.reject(new TypeError('cut')) : real(url, init)
        """
    )
    device = max(copies(called, "paul"), key=lambda copy: str(copy["last_seen_at"]))
    path = f"{town.path}/members/{member}/devices/{device['device_id']}/revoke"
    admin.post(path).raise_for_status()
    tablet.wait_until(f"return {STORES}.length === 1", patience=60)
    (left,) = tablet.script(f"return {STORES}")
    assert str(other.id) in left, "the other authority keeps its papers"
    state = {copy["device_id"]: copy["state"] for copy in copies(called, "paul")}
    assert state[device["device_id"]] == "leaving"
    tablet.reload()
    tablet.see("heading", "Mes séances")
    limit = time.monotonic() + 60
    while state[device["device_id"]] != "wiped":
        assert time.monotonic() < limit, "it is said again at the next start"
        time.sleep(0.2)
        state = {copy["device_id"]: copy["state"] for copy in copies(called, "paul")}


def move_clock(tablet: Browser, days: float) -> None:
    """From the next load on, the clock of the page is so many days ahead."""
    tablet.script("localStorage.setItem('ahead', args[0])", str(int(days * DAY)))


def test_a_tablet_off_line_for_too_long_locks_and_loses_nothing(
    called: Served, way: Gate, browsers: Open
) -> None:
    tablet = browsers("tablet", (820, 1180))
    if not isinstance(tablet, Chromium):
        pytest.skip("this engine cannot be given another clock")
    tablet.page.add_init_script(CLOCK)
    sign_in(tablet, way.url, ALICE)
    tablet.wait_text("Dossier prêt hors ligne : 2 pièces sur 2", patience=90)
    tablet.wait_until("return !!(await navigator.serviceWorker.ready).active", patience=60)
    way.close()
    write_a_vote(tablet, "Écrit sans réseau")
    tablet.wait_text("à envoyer")

    # Not a day more: twelve hours after its beginning, the sitting is among those that are past.
    move_clock(tablet, 7.01)
    tablet.open(f"{way.url}/")
    tablet.click("link", "Ouvrir le dossier")
    tablet.click("link", "Rapport 1", exact=False)
    tablet.wait_text("Cette pièce est à huis clos")
    is_accessible(tablet)
    tablet.click("link", "Ordre du jour")
    tablet.click("link", "Rapport 2", exact=False)
    tablet.wait_until("return !!document.querySelector('.page canvas, canvas')", patience=60)

    move_clock(tablet, 31)
    tablet.open(f"{way.url}/")
    tablet.see("heading", "Cartable doit parler au serveur")
    tablet.wait_text("Rien n'est perdu")
    tablet.wait_text("attend")
    assert "Affaire" not in tablet.text()
    is_accessible(tablet)
    move_clock(tablet, 0)
    tablet.open(f"{way.url}/")
    tablet.see("heading", "Cartable doit parler au serveur")

    tablet.click("button", "Réessayer")
    tablet.see("heading", "Cartable doit parler au serveur")
    # Back on the network, it opens by itself: nobody need touch anything.
    way.open()
    tablet.see("heading", "Mes séances", patience=120)
    tablet.wait_text("À jour", patience=120)
    path = f"{called.cast.town.path}/sync/pull"
    rows = called.sign_in(ALICE).post(path, json={}).raise_for_status().json()["rows"]
    kept = [row["value"]["argument"] for row in rows if row["kind"] == "vote_intention"]
    assert kept == ["Écrit sans réseau"]
    tablet.click("link", "Ouvrir le dossier")
    tablet.click("link", "Rapport 1", exact=False)
    tablet.wait_until("return !!document.querySelector('canvas')", patience=60)
