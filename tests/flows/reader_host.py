"""A page that hosts the reader alone: papers of the corpus, by plain Range requests."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "frontend"
CORPUS = Path(os.environ.get("CARTABLE_SHARED", ROOT.parent / "shared")) / "corpus"
CONFIG = "tests/reader-harness/vite.config.ts"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = FRONTEND / "node_modules/axe-core/axe.min.js"


def missing() -> str | None:
    """What this machine lacks to show the reader, in words; None when nothing."""
    if not CORPUS.is_dir():
        return f"the corpus is not at {CORPUS}"
    if not (FRONTEND / "node_modules/.bin/vite").exists():
        return "the interface's packages are not installed (npm ci in frontend/)"
    if not Path(CHROMIUM).exists():
        return f"{CHROMIUM} is not installed"
    return None


def require_host() -> None:
    """Skips with a plain sentence, or fails where everything must be there."""
    lack = missing()
    if lack and os.environ.get("CI") == "true":
        pytest.fail(f"the reader cannot be shown: {lack}")
    if lack:
        pytest.skip(f"the reader cannot be shown: {lack}")


def serve(folder: Path, corpus: Path = CORPUS) -> Iterator[str]:
    """Builds the host into `folder` and serves it on a free port of this machine."""
    vite = [shutil.which("node") or "node", "node_modules/vite/bin/vite.js"]
    environment = {**os.environ, "HARNESS_OUT": str(folder), "CORPUS": str(corpus)}
    subprocess.run(
        [*vite, "build", "-c", CONFIG, "--logLevel", "error"],
        cwd=FRONTEND,
        env=environment,
        check=True,
    )
    server = subprocess.Popen(
        [*vite, "preview", "-c", CONFIG, "--port", "0"],
        cwd=FRONTEND,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        for line in server.stdout:
            plain = re.sub(r"\x1b\[[0-9;]*m", "", line)
            if found := re.search(r"http://127\.0\.0\.1:\d+", plain):
                yield f"{found.group()}/tests/reader-harness"
                break
        else:
            raise AssertionError("the reader's host did not start")
    finally:
        server.terminate()
        server.wait(timeout=10)


def launch() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def go_to(page: Page, host: str, name: str, query: str = "") -> None:
    """Asks for a paper of the corpus by the beginning of its name."""
    file = next(CORPUS.glob(f"{name}*.pdf")).name
    page.goto("about:blank")
    page.goto(f"{host}/{query}#{file}")


def open_paper(page: Page, host: str, name: str, query: str = "") -> None:
    """Asks for a paper and waits for its first page."""
    go_to(page, host, name, query)
    drawn = ".reader[data-phase=reading] .page[data-loaded] .textLayer"
    page.locator(drawn).first.wait_for(state="attached")


def audit(page: Page) -> list[str]:
    """What axe finds on the page: rule, and the elements."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {', '.join(str(node['target']) for node in one['nodes'][:3])}"
        for one in found["violations"]
    ]


def context_of(browser: Browser, width: int, height: int, scheme: str) -> BrowserContext:
    return browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        has_touch=True,
        locale="fr-FR",
    )
