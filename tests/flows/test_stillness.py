"""What a finger aims at stays where it is while the rest of a screen comes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.browsers import Browser
from tests.flows.conftest import Open
from tests.flows.hands import open_piece
from tests.flows.people import sign_in
from tests.flows.town import called_sitting
from tests.serving import Served

# The share of the window that moved, by how much of it, as Chromium alone measures it.
MOVED = """
return new Promise((done) => {
  const seen = new PerformanceObserver((list) => {
    seen.disconnect()
    done(list.getEntries().map((each) => [each.value, ...each.sources.map(({ node }) =>
      node?.nodeType === 1 ? node.outerHTML.slice(0, 80) : node?.textContent ?? 'gone')]))
  })
  seen.observe({ type: 'layout-shift', buffered: true })
  setTimeout(() => done([]), 500)
})
"""
ALLOWED = 0.02
LENGTHS = """
const [words] = document.querySelectorAll('.status p span')
const link = document.querySelector('.status a')
const was = words.textContent
const found = ['À jour.', was, 'Mise à jour. '.repeat(12)].map((text) => {
  words.textContent = text
  const { left, top } = link.getBoundingClientRect()
  return [left, top]
})
words.textContent = was
return found
"""


@pytest.fixture
def called(papers: list[Path]) -> Iterator[Served]:
    """A called sitting of two items, one piece each."""
    with called_sitting(papers[4:6]) as running:
        yield running


def has_moved(tablet: Browser) -> list[str]:
    """What moved since the page was loaded, if it is more than a trifle."""
    found = tablet.script(MOVED)
    return found if sum(float(value) for value, *_ in found) > ALLOWED else []


@pytest.mark.parametrize("size", [(1180, 820), (820, 1180)])
def test_nothing_is_pushed_away_on_a_screen_that_opens(
    called: Served, browsers: Open, size: tuple[int, int]
) -> None:
    tablet = browsers("tablet", size)
    sign_in(tablet, called.base, "alice@staubin.example")
    tablet.wait_text("Dossier prêt hors ligne : 2 pièces sur 2")
    tablet.click("link", "Ouvrir le dossier")
    open_piece(tablet, "Rapport 1")
    tablet.click("link", "Ordre du jour")
    tablet.wait_text("Reprendre la lecture")
    places = tablet.script(LENGTHS)
    assert places[0] == places[1] == places[2], "the line moves its deeds"
    if tablet.engine == "webkit":
        return
    dossier = tablet.url
    for screen in (dossier, called.base):
        for _ in range(3):
            tablet.open(screen)
            tablet.wait_text("Reprendre la lecture")
            tablet.wait_text("Dossier prêt hors ligne : 2 pièces sur 2")
            tablet.wait_text("À jour")
            assert has_moved(tablet) == []
