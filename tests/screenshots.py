"""Take the README's pictures from the demonstration, in Chromium: `make screenshots`.

Each screen at 1180x820 and 820x1180, light and dark, in .cache/screenshots; those the README
shows are copied, with fewer colours, to frontend/screenshots. Rounds may be named, to look at some:
`python -m tests.screenshots light-landscape`.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from PIL import Image

from cartable.demo.build import build_demo
from cartable.demo.content import authorities
from cartable.demo.town import PASSWORD
from cartable.hosting.actions import name_operator
from cartable.runtime import open_runtime
from cartable.schema import migrate
from cartable.settings import Settings
from tests.cast import HEADERS
from tests.connections.conftest import described
from tests.flows.browsers import Browser, open_browser
from tests.flows.import_file import sixty
from tests.serving import free_port, running

ROOT = Path(__file__).resolve().parents[1]
ALL = ROOT / ".cache" / "screenshots"
KEPT = ROOT / "frontend" / "screenshots"
SIZES = {"landscape": (1180, 820), "portrait": (820, 1180)}
ROUNDS = {
    f"{light}-{way}": (light == "dark", size)
    for light in ("light", "dark")
    for way, size in SIZES.items()
}
README = {
    "my-sittings-light-landscape": "my-sittings-light",
    "dossier-light-landscape": "dossier-light",
    "reader-dark-portrait": "reader-dark-portrait",
    "reader-notes-light-landscape": "reader-notes-light",
    "preparation-light-landscape": "preparation-light",
    "search-light-landscape": "search-light",
    "prepare-light-landscape": "prepare-light",
    "answers-light-landscape": "answers-light",
    "members-light-landscape": "members-light",
    "import-light-landscape": "import-light",
    "journal-light-landscape": "journal-light",
}
COUNCILLOR, CLERK = "f.diallo@staubin.example", "n.berthier@staubin.example"
ADMIN = "i.duval@staubin.example"
SITTINGS = """return [...document.querySelectorAll('main a')]
  .filter((link) => link.textContent.includes('Conseil municipal')).map((link) => link.href)"""
DRAWN = "return !!document.querySelector('.textLayer span')"
Keep = Callable[[Browser, str], None]


def main() -> None:
    """Build the demonstration, then go round it as many times as there are ways to hold it."""
    wanted = sys.argv[1:] or list(ROUNDS)
    ALL.mkdir(parents=True, exist_ok=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), port=free_port())
        asyncio.run(_build(settings))
        with running(settings) as (base, _):
            town = _furnish(base)
            for name in wanted:
                _round(base, town, Path(folder, name), name)
    for name, kept in README.items():
        if any(name.endswith(one) for one in wanted):
            picture = Image.open(ALL / f"{name}.png").convert("RGB")
            small = picture.quantize(128, dither=Image.Dither.NONE)
            small.save(KEPT / f"{kept}.png", optimize=True)


async def _build(settings: Settings) -> None:
    await migrate(settings.database_url)
    async with open_runtime(settings) as runtime:
        await build_demo(runtime, ROOT / ".cache" / "papers", datetime.now(UTC))
        async with runtime.writing() as db:
            await name_operator(db, ADMIN)


def _furnish(base: str) -> str:
    """What an administrator adds to the demonstration: the town's SIRET, and ProConnect. The town's
    id."""
    with httpx.Client(base_url=base, headers=HEADERS, timeout=60) as admin:

        def say(method: str, path: str, body: object = None) -> httpx.Response:
            return admin.request(method, path, json=body).raise_for_status()

        say("POST", "/api/sign-in", {"email": ADMIN, "password": PASSWORD})
        [membership] = say("GET", "/api/me").json()["memberships"]
        town: str = membership["authority"]["id"]
        say("PATCH", f"/api/authorities/{town}/settings", {"siret": authorities()[0].siret})
        proconnect = described(
            "https://auth.agentconnect.gouv.fr/api/v2", kind="proconnect", name="ProConnect",
            scopes=["openid", "given_name", "usual_name", "email", "siret"], siret_claim="siret",
            trusts_email=True,
        )  # fmt: skip
        say("POST", f"/api/authorities/{town}/connections", proconnect)
        say("POST", "/api/sign-out")
    return town


def _round(base: str, town: str, profile: Path, name: str) -> None:
    def keep(browser: Browser, screen: str) -> None:
        time.sleep(1.5)
        browser.screenshot(ALL / f"{screen}-{name}.png")
        print(f"{screen} {name}", flush=True)

    dark, size = ROUNDS[name]
    rounds = (
        (COUNCILLOR, lambda tablet: _papers(tablet, base, keep)),
        (CLERK, lambda desk: _secretariat(desk, keep)),
        (ADMIN, lambda desk: _administration(desk, f"{base}/administration/{town}", keep)),
    )
    for email, go_round in rounds:
        with open_browser("chromium", profile / email, size, dark) as browser:
            browser.open(f"{base}/connexion")
            if email == COUNCILLOR:
                keep(browser, "sign-in")
            _sign_in(browser, email)
            go_round(browser)


def _papers(tablet: Browser, base: str, keep: Keep) -> None:
    """A councillor's screens."""
    tablet.wait_text("Dossier prêt hors ligne : 26 pièces sur 26", patience=180)
    keep(tablet, "my-sittings")
    tablet.click("link", "Ouvrir le dossier")
    tablet.see("heading", "Budget primitif 2027", exact=False)
    keep(tablet, "dossier")
    dossier = tablet.url
    tablet.open(f"{dossier}/preparation")
    tablet.see("heading", "Préparer mes votes")
    keep(tablet, "preparation")
    tablet.open(f"{dossier}/notes")
    tablet.see("heading", "Mes notes de la séance")
    keep(tablet, "notes")
    tablet.open(dossier)
    tablet.click("link", "Rapport de présentation", exact=False)
    tablet.wait_until(DRAWN, patience=60)
    tablet.open(f"{tablet.url}?page=3")
    tablet.wait_until(DRAWN, patience=60)
    keep(tablet, "reader")
    tablet.click("button", "Mes notes", exact=False)
    keep(tablet, "reader-notes")
    tablet.press("Escape")
    tablet.click("button", "Chercher")
    tablet.fill("Mot ou expression", "école")
    tablet.wait_text("passage", patience=30)
    keep(tablet, "search")
    tablet.open(f"{base}/compte")
    tablet.see("heading", "Sécurité")
    keep(tablet, "account")
    tablet.open(f"{base}/compte/donnees")
    tablet.see("heading", "Emporter une copie")
    keep(tablet, "my-data")
    tablet.open(f"{base}/annuaire")
    tablet.see("field", "Chercher")
    keep(tablet, "directory")


def _secretariat(desk: Browser, keep: Keep) -> None:
    """A clerk's."""
    keep(desk, "sittings")
    desk.click("link", "Conseil municipal", exact=False)
    keep(desk, "prepare")
    desk.back()
    desk.see("heading", "Séances", exact=False)
    # The draft comes first, then the sitting that is called.
    _, called, *_ = desk.wait_until(SITTINGS)
    desk.open(called)
    desk.see("heading", "Réponses à la convocation")
    keep(desk, "answers")


def _administration(desk: Browser, base: str, keep: Keep) -> None:
    """An administrator's, who runs the host too."""
    desk.see("heading", "Membres")
    keep(desk, "members")
    _devices(desk, keep)
    for screen, path, heading in (
        ("assemblies", "/assemblees", "Assemblées"),
        ("groups", "/groupes", "Groupes"),
        ("journal", "/journal", "Journal"),
        ("settings", "/reglages", "Réglages"),
        ("connections", "/connexion", "ProConnect"),
        ("personal-data", "/donnees", "Pages légales"),
        ("usage", "/usage", "Statistiques d'usage"),
    ):
        desk.open(f"{base}{path}")
        desk.see("heading", heading, exact=False)
        keep(desk, screen)
    _import(desk, base, keep)
    desk.open(f"{base}/mandats")
    desk.choose("Assemblée", "Conseil municipal")
    desk.fill("Dernier jour du mandat", f"{datetime.now(UTC) - timedelta(days=1):%d/%m/%Y}")
    desk.wait_text("sièges finiraient le")
    keep(desk, "mandates")
    desk.open(f"{base.partition('/administration')[0]}/hebergement")
    desk.see("heading", "Collectivités", exact=False)
    keep(desk, "hosting")


def _devices(desk: Browser, keep: Keep) -> None:
    """Those of the councillor whose papers were shown."""
    desk.fill("Chercher", "diallo")
    desk.wait_text("1 personne trouvée")
    desk.click("button", "Actions pour", exact=False)
    desk.click("button", "Appareils")
    desk.see("heading", "Appareils de", exact=False)
    keep(desk, "devices")


def _import(desk: Browser, base: str, keep: Keep) -> None:
    """Sixty people by a file: its errors, then what it would do."""
    for screen, mended in (("import-errors", False), ("import", True)):
        desk.open(f"{base}/importer")
        words = sixty(mended=mended).decode("cp1252").replace("council", "Conseil municipal")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "elus-2026.csv")
            file.write_bytes(words.encode("cp1252"))
            desk.upload([file], "Choisir un fichier")
            desk.wait_text("Aperçu de" if mended else "3 erreurs à corriger")
        keep(desk, screen)


def _sign_in(browser: Browser, email: str) -> None:
    browser.see("field", "Adresse électronique", patience=60)
    browser.fill("Adresse électronique", email)
    browser.fill("Mot de passe", PASSWORD)
    browser.click("button", "Se connecter")
    browser.gone("button", "Se connecter")


if __name__ == "__main__":
    main()
