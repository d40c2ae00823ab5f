"""Off-line cold start: from the start of the page to its heading, beside an empty page's start.

Chromium is ended and started again with the same profile, and the network is cut.
"""

import os
import statistics
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cartable.runtime import Runtime
from tests.cast import PASSWORD, Cast
from tests.flows.browsers import Browser, open_browser
from tests.flows.gate import Gate
from tests.serving import served

BUDGET = 800
ROUNDS = 5
HEADING = """
while (!document.querySelector('h1')?.innerText.trim()) await new Promise(requestAnimationFrame)
return performance.now()
"""
EMPTY = "data:text/html,<!doctype html><html lang=fr><title>vide</title><h1>Vide</h1>"


async def _fill(cast: Cast, _runtime: Runtime) -> None:
    town, clerk = cast.town, cast.claire
    day = (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%dT18:30")
    body = {"assembly_id": town.assemblies["council"], "starts_at": day, "place": "Mairie"}
    sitting = (await clerk.post(f"{town.path}/sittings", body)).json()["id"]
    for number in range(12):
        await clerk.post(f"{town.path}/sittings/{sitting}/agenda", {"title": f"Affaire {number}"})
    await clerk.post(f"{town.path}/sittings/{sitting}/convene")


def main() -> None:
    """Prints both medians, the ratio, and the budget of 800 ms."""
    with (
        served(_fill) as server,
        Gate(server.settings.port) as gate,
        tempfile.TemporaryDirectory() as folder,
        open_browser(os.environ.get("CARTABLE_TEST_BROWSER", "chromium"), Path(folder)) as tablet,
    ):
        _install(tablet, gate)
        gate.close()
        ours = statistics.median(_start(tablet, gate.url) for _ in range(ROUNDS))
        empty = statistics.median(_start(tablet, EMPTY) for _ in range(ROUNDS))
    verdict = "within" if ours <= BUDGET else "OVER"
    print(f"cold start off line to the heading: {ours:.0f} ms ({verdict} the budget of {BUDGET})")
    print(f"an empty page in the same browser: {empty:.0f} ms   ratio: {ours / max(empty, 1):.1f}")


def _install(tablet: Browser, gate: Gate) -> None:
    tablet.open(f"{gate.url}/connexion")
    tablet.fill("Adresse électronique", "alice@staubin.example")
    tablet.fill("Mot de passe", PASSWORD)
    tablet.click("button", "Se connecter")
    tablet.see("link", "Ouvrir le dossier", patience=60)
    tablet.wait_until("return !!(await navigator.serviceWorker.ready).active", patience=60)


def _start(tablet: Browser, url: str) -> float:
    tablet.restart()
    tablet.open(url)
    time: Any = tablet.script(HEADING)
    return float(time)


if __name__ == "__main__":
    main()
