"""The councillor's story of a notification: asked for, sent by the server, shown, opened off line.

The browser's own push service cannot be reached from a test: the subscription it would give names a
push service on loopback, and what that one receives is decrypted by another library and handed to
the real service worker.
"""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.flows.browsers import Browser
from tests.flows.chromium import Chromium
from tests.flows.conftest import Open
from tests.flows.gate import Gate
from tests.flows.people import is_accessible, sign_in
from tests.notifications.push_service import BrowserKeys, PushService, push_service
from tests.serving import Served, served
from tests.world import good

SUBSCRIBE = """
    const said = %s
    const made = { options: {}, toJSON: () => said, unsubscribe: async () => (kept = null, true) }
    let kept = null
    PushManager.prototype.getSubscription = async () => kept
    PushManager.prototype.subscribe = async () => (kept = made)
"""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    """The push service, which the server started after it knows and trusts."""
    with push_service(tmp_path) as running:
        monkeypatch.setenv("CARTABLE_PUSH_HOSTS", running.place)
        monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
        yield running


@pytest.fixture
def server(service: PushService) -> Iterator[Served]:
    """Started once the push service is there."""
    with served() as running:
        yield running


def _convene(server: Served) -> str:
    clerk = server.sign_in("claire@staubin.example")
    town = server.cast.town
    starts = (datetime.now(UTC) + timedelta(days=7)).strftime("%Y-%m-%dT18:30")
    body = {"assembly_id": town.assemblies["council"], "starts_at": starts}
    sitting = str(good(clerk.post(f"{town.path}/sittings", json=body))["id"])
    path = f"{town.path}/sittings/{sitting}"
    good(clerk.post(f"{path}/agenda", json={"title": "Budget primitif"}))
    good(clerk.post(f"{path}/convene"))
    return sitting


def _received(service: PushService, count: int) -> list[bytes]:
    for _ in range(200):
        if len(service.received) >= count:
            return [one.body for one in service.received]
        time.sleep(0.1)
    raise AssertionError(f"{len(service.received)} messages, not {count}")


def _subscribe(tablet: Browser, base: str) -> None:
    """On the screen « Mon compte », with everything that is there."""
    tablet.open(f"{base}/compte")
    tablet.see("heading", "Notifications")
    tablet.see("button", "Activer sur cet appareil")
    is_accessible(tablet)
    tablet.click("button", "Activer sur cet appareil")
    tablet.wait_text("Cet appareil vous prévient.")
    tablet.see("button", "Désactiver sur cet appareil")
    tablet.check(
        "Heures calmes Rien ne sonne entre ces heures. Ce qui arrive vous est signalé à la fin."
    )
    tablet.fill("De", "22 h 15")
    is_accessible(tablet)
    tablet.press("Tab")
    tablet.wait_text("Enregistré.")


def _wait_for_quiet(person: httpx.Client, wished: dict[str, str]) -> None:
    """A choice is kept as it is made: nothing on the screen says which one arrived."""
    for _ in range(100):
        quiet = good(person.get("/api/notifications"))["preferences"]["quiet"]
        if quiet == wished:
            return
        time.sleep(0.1)
    raise AssertionError(f"{quiet}, not {wished}")


def _deliver(tablet: Chromium, origin: str, message: str) -> None:
    assert tablet.context is not None
    devtools = tablet.context.new_cdp_session(tablet.page)
    seen: list[Any] = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda each: seen.append(each))
    devtools.send("ServiceWorker.enable")
    for _ in range(50):
        if found := [one for each in seen for one in each["registrations"]]:
            break
        tablet.page.wait_for_timeout(100)
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": found[0]["registrationId"], "data": message},
    )


SHOWN = """
    const registration = await navigator.serviceWorker.getRegistration()
    const shown = await registration.getNotifications()
    return shown.map(({ title, body, lang, tag }) => ({ title, body, lang, tag }))"""


def _shown(tablet: Chromium, count: int) -> list[dict[str, str]]:
    for _ in range(100):
        shown: list[dict[str, str]] = tablet.script(SHOWN)
        if len(shown) == count:
            return shown
        tablet.page.wait_for_timeout(100)
    raise AssertionError(f"{len(shown)} notifications, not {count}")


def _touch(tablet: Chromium) -> None:
    """What the system does when the notification is touched."""
    assert tablet.context is not None
    tablet.context.service_workers[0].evaluate(
        """async () => {
          const [notification] = await registration.getNotifications()
          self.dispatchEvent(new NotificationEvent('notificationclick', { notification }))
        }"""
    )


def test_a_notification_opens_the_sitting_off_line(
    server: Served, service: PushService, gate: Gate, browsers: Open
) -> None:
    tablet, keys = browsers("tablet"), BrowserKeys()
    assert isinstance(tablet, Chromium)
    assert tablet.context is not None
    tablet.context.grant_permissions(["notifications"], origin=gate.url)
    said = {"endpoint": service.endpoint("tablet"), "keys": keys.sent}
    tablet.context.add_init_script(SUBSCRIBE % json.dumps(said))
    sign_in(tablet, gate.url, "alice@staubin.example")
    tablet.see("heading", "Mes séances")
    _subscribe(tablet, gate.url)
    alice, wished = server.sign_in("alice@staubin.example"), {"begins": "22:15", "ends": "07:30"}
    _wait_for_quiet(alice, wished)
    good(alice.put("/api/notifications/preferences", json={}))

    sitting = _convene(server)
    (body,) = _received(service, 1)
    message = keys.plain(body).decode()
    tablet.open(gate.url)
    tablet.see("link", "Ouvrir le dossier")
    gate.close()
    _deliver(tablet, gate.url, message)
    (notification,) = _shown(tablet, 1)
    expected = {"title": "Cartable", "body": "Une mise à jour vous attend.", "lang": "fr"}
    assert notification == {**expected, "tag": sitting}
    _deliver(tablet, gate.url, message)
    _shown(tablet, 1)  # sent twice, shown once

    _touch(tablet)
    tablet.page.wait_for_url(f"**/seances/{server.cast.town.id}/{sitting}")
    tablet.wait_text("Budget primitif")
    _shown(tablet, 0)
    assert tablet.errors == []

    # Whatever arrives is shown: browsers take the right to send away from silent workers.
    tablet.open(f"{gate.url}/compte")
    _deliver(tablet, gate.url, "not JSON")
    assert _shown(tablet, 1)[0]["title"] == "Cartable"


def test_an_administrator_switches_them_off(
    server: Served, service: PushService, browsers: Open
) -> None:
    admin = browsers("administrator")
    base = server.settings.address
    sign_in(admin, base, "ines@staubin.example")
    admin.open(f"{base}/administration/{server.cast.town.id}/reglages")
    admin.see("heading", "Notifications des tablettes")
    is_accessible(admin)
    admin.check("Envoyer des notifications", False)
    admin.wait_text("Plus aucune notification ne partira.")
    alice = server.sign_in("alice@staubin.example")
    assert good(alice.get("/api/notifications"))["switched_off"] == [str(server.cast.town.id)]
