"""What stories stand on: a served town, a network that can be cut, browsers, papers."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser as PlaywrightBrowser

from cartable.demo.content import demonstration
from cartable.demo.papers import make_papers
from tests.flows.browsers import Browser, open_browser
from tests.flows.gate import Gate
from tests.flows.reader_host import launch, require_host, serve
from tests.serving import Served, served

pytest.register_assert_rewrite("tests.flows.people")

# The reader's own tests drive Chromium whatever the run; stories read papers in both engines.
# WebKitGTK has no push and no authenticator to drive.
collect_ignore = (
    ["test_marks.py", "test_push.py", "test_reader.py", "test_sign_in_story.py"]
    if os.environ.get("CARTABLE_TEST_BROWSER") == "webkit"
    else []
)
ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 19)
Open = Callable[..., Browser]


@pytest.fixture(scope="session")
def browser_name() -> str:
    """The engine of this run."""
    return os.environ.get("CARTABLE_TEST_BROWSER", "chromium")


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The pieces of a council's sitting, named as a town hall names them: 01_…, 03_annexe_…"""
    made = make_papers(ROOT / ".cache" / "papers", TODAY)
    council = next(s for s in demonstration(TODAY).sittings if s.key == "council")
    folder = tmp_path_factory.mktemp("papers")
    named = []
    for number, piece in [(0, piece) for piece in council.pieces] + [
        (item.number, piece) for item in council.items for piece in item.pieces
    ]:
        copy = folder / f"{number:02d}_{piece.title.replace('/', '-')}.pdf"
        copy.write_bytes(made[piece.paper].read_bytes())
        named.append(copy)
    return named


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page that hosts the reader alone, built once."""
    require_host()
    yield from serve(tmp_path_factory.mktemp("reader"))


@pytest.fixture(scope="module")
def browser(host: str) -> Iterator[PlaywrightBrowser]:
    """Chromium, for the reader's own tests; not longer: Playwright allows one instance a thread."""
    yield from launch()


@pytest.fixture
def server() -> Iterator[Served]:
    """A running server with the two towns of the cast."""
    with served() as running:
        yield running


@pytest.fixture
def gate(server: Served) -> Iterator[Gate]:
    """The network of the tablet."""
    with Gate(server.settings.port) as way:
        yield way


@pytest.fixture
def browsers(browser_name: str, tmp_path: Path) -> Iterator[Open]:
    """Opens browsers by name of profile; all are closed at the end."""
    with ExitStack() as stack:

        def start(profile: str, size: tuple[int, int] = (1180, 820)) -> Browser:
            return stack.enter_context(open_browser(browser_name, tmp_path / profile, size))

        yield start
