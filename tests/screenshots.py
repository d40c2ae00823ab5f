"""Take the README's pictures from the demonstration, in Chromium: `make screenshots`.

Each screen at 1180x820 and 820x1180, light and dark, in .cache/screenshots; those the README
shows are copied, with fewer colours, to frontend/screenshots.
"""

import asyncio
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from cartable.demo.build import build_demo
from cartable.demo.town import PASSWORD
from cartable.runtime import open_runtime
from cartable.schema import migrate
from cartable.settings import Settings
from tests.flows.browsers import Browser, open_browser
from tests.serving import free_port, running

ROOT = Path(__file__).resolve().parents[1]
ALL = ROOT / ".cache" / "screenshots"
KEPT = ROOT / "frontend" / "screenshots"
SIZES = {"landscape": (1180, 820), "portrait": (820, 1180)}
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
}


def main() -> None:
    """Build the demonstration, then go round it four times."""
    ALL.mkdir(parents=True, exist_ok=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), port=free_port())
        asyncio.run(_build(settings))
        with running(settings) as (base, _):
            for light in ("light", "dark"):
                for way, size in SIZES.items():
                    _round(base, Path(folder, f"{light}-{way}"), size, light, way)
    for name, kept in README.items():
        picture = Image.open(ALL / f"{name}.png").convert("RGB")
        picture.quantize(128, dither=Image.Dither.NONE).save(KEPT / f"{kept}.png", optimize=True)


async def _build(settings: Settings) -> None:
    await migrate(settings.database_url)
    async with open_runtime(settings) as runtime:
        await build_demo(runtime, ROOT / ".cache" / "papers", datetime.now(UTC))


def _round(base: str, profile: Path, size: tuple[int, int], light: str, way: str) -> None:
    def keep(browser: Browser, name: str) -> None:
        time.sleep(1.5)
        browser.screenshot(ALL / f"{name}-{light}-{way}.png")
        print(f"{name} {light} {way}", flush=True)

    with open_browser("chromium", profile / "councillor", size, light == "dark") as tablet:
        tablet.open(f"{base}/connexion")
        keep(tablet, "sign-in")
        _sign_in(tablet, "f.diallo@staubin.example")
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
        tablet.wait_until("return !!document.querySelector('.textLayer span')", patience=60)
        tablet.open(f"{tablet.url}?page=3")
        tablet.wait_until("return !!document.querySelector('.textLayer span')", patience=60)
        keep(tablet, "reader")
        tablet.click("button", "Mes notes", exact=False)
        keep(tablet, "reader-notes")
        tablet.press("Escape")
        tablet.click("button", "Chercher")
        tablet.fill("Mot ou expression", "école")
        tablet.wait_text("passage", patience=30)
        keep(tablet, "search")
        tablet.open(f"{base}/compte")
        keep(tablet, "account")
    for email, screens in DESKS.items():
        with open_browser("chromium", profile / email, size, light == "dark") as desk:
            desk.open(f"{base}/connexion")
            _sign_in(desk, email)
            for name, link in screens:
                if link:
                    desk.click("link", link, exact=False)
                keep(desk, name)
            if email == CLERK:
                desk.back()
                desk.see("heading", "Séances", exact=False)
                # The draft comes first, then the sitting that is called.
                _, called, *_ = desk.script(SITTINGS)
                desk.open(called)
                desk.see("heading", "Réponses à la convocation")
                keep(desk, "answers")


CLERK = "n.berthier@staubin.example"
SITTINGS = """return [...document.querySelectorAll('main a')]
  .filter((link) => link.textContent.includes('Conseil municipal')).map((link) => link.href)"""
DESKS = {
    CLERK: (("sittings", ""), ("prepare", "Conseil municipal")),
    "i.duval@staubin.example": (
        ("members", ""),
        ("assemblies", "Assemblées"),
        ("groups", "Groupes"),
    ),
}


def _sign_in(browser: Browser, email: str) -> None:
    browser.see("field", "Adresse électronique", patience=60)
    browser.fill("Adresse électronique", email)
    browser.fill("Mot de passe", PASSWORD)
    browser.click("button", "Se connecter")
    browser.gone("button", "Se connecter")


if __name__ == "__main__":
    main()
