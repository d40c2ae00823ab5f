"""The reader, by itself, on real papers: reading, finding, coming back, by keyboard, off line."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .reader_host import audit, context_of, go_to, open_paper

PLACE = "() => harness.places.at(-1)"
RESTED = 400  # a place is told when it has rested 250 ms
expect.set_options(timeout=15_000)
FOCUSED = """() => {
    const one = document.activeElement
    return one.ariaLabel ?? one.textContent.trim()
}"""
# Page and part of the page at the top of the screen: 200.43
TOP_LINE = """() => {
    const top = document.querySelector('.scroller').getBoundingClientRect().top
    for (const page of document.querySelectorAll('.page')) {
        const box = page.getBoundingClientRect()
        if (box.bottom > top) {
            return Number(page.dataset.pageNumber) + (top - box.top) / box.height
        }
    }
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = context_of(browser, 1180, 820, "light")
    page = context.new_page()
    wrongs: list[str] = []
    page.on("pageerror", lambda error: wrongs.append(str(error)))
    # pdf.js reports its own faults and what the policy refuses as errors of the console.
    page.on(
        "console",
        lambda message: (
            wrongs.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    yield page
    context.close()
    assert wrongs == []


def type_page(page: Page, number: int) -> None:
    field = page.get_by_label("Aller à la page")
    field.fill(str(number))
    field.press("Enter")
    expect(page.locator(f".page[data-page-number='{number}'] .textLayer")).to_be_visible()


def test_pages_are_text_and_named(page: Page, host: str) -> None:
    open_paper(page, host, "o05")
    expect(page.get_by_role("group", name="Page 1 sur 352")).to_be_visible()
    type_page(page, 17)
    assert "INTRODUCTION" in page.locator(".page[data-page-number='17'] .textLayer").inner_text()
    page.get_by_role("button", name="Page suivante").click()
    expect(page.get_by_label("Aller à la page")).to_have_value("18")


def test_tagged_paper_keeps_its_structure(page: Page, host: str) -> None:
    open_paper(page, host, "o01")
    tree = page.locator(".page[data-page-number='1'] .structTree")
    expect(tree).to_be_attached()
    assert tree.locator("[aria-owns]").count() > 5
    dangling = page.evaluate(
        """() => [...document.querySelectorAll('[aria-owns]')]
            .flatMap((one) => one.getAttribute('aria-owns').split(' '))
            .filter((id) => !document.getElementById(id))"""
    )
    assert dangling == []


@pytest.mark.parametrize("zoomed", [False, True])
def test_comes_back_exactly_where_it_was(page: Page, host: str, *, zoomed: bool) -> None:
    open_paper(page, host, "o05")
    type_page(page, 137)
    if zoomed:
        page.get_by_role("button", name="Agrandir").click()
    page.locator(".scroller").evaluate("(one) => one.scrollBy(0, 333)")
    page.wait_for_timeout(RESTED)
    left, line = page.evaluate(PLACE), page.evaluate(TOP_LINE)
    assert left["page"] == 137
    assert (left["zoom"] == "page-width") is not zoomed
    page.reload()
    page.wait_for_selector(".page[data-page-number='137'] .textLayer")
    assert abs(page.evaluate(TOP_LINE) - line) < 0.001
    pressed = page.get_by_role("button", name="Largeur").get_attribute("aria-pressed")
    assert pressed == ("false" if zoomed else "true")


def test_turning_the_tablet_keeps_the_lines_on_top(page: Page, host: str) -> None:
    open_paper(page, host, "o05")
    type_page(page, 200)
    # While a new size settles, what scrolls without a gesture is the browser.
    page.wait_for_timeout(600)
    page.locator(".scroller").evaluate("(one) => one.scrollBy(0, 400)")
    page.wait_for_timeout(600)
    first = page.evaluate(TOP_LINE)
    for size in ((820, 1180), (1180, 820), (820, 1180), (1180, 820)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.wait_for_timeout(600)
        page.wait_for_function(f"(first) => Math.abs(({TOP_LINE})() - first) < 0.004", arg=first)


def test_search_finds_without_accents_and_shows(page: Page, host: str) -> None:
    open_paper(page, host, "o02")
    page.keyboard.press("/")
    field = page.get_by_label("Mot ou expression")
    expect(field).to_be_focused()
    field.fill("DELIBERATION")
    status = page.locator(".panel [role=status]")
    expect(status).to_contain_text("passages sur")
    rows = page.locator(".passages button")
    assert rows.count() > 3
    expect(rows.first).to_contain_text("délibération")
    painted = page.evaluate("() => [...CSS.highlights].map(([name, all]) => [name, all.size])")
    assert dict(painted)["reader-chosen"] == 1
    assert dict(painted)["reader-found"] > 2
    field.press("Enter")
    expect(page.locator(".rank")).to_contain_text("2 /")
    field.press("Shift+Enter")
    expect(page.locator(".rank")).to_contain_text("1 /")
    field.fill("ornithorynque")
    expect(status).to_contain_text("Rien trouvé")
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_have_count(0)
    expect(page.get_by_role("button", name="Chercher")).to_be_focused()
    assert page.evaluate("() => CSS.highlights.get('reader-found')?.size ?? 0") == 0


def test_search_goes_to_a_far_page(page: Page, host: str) -> None:
    open_paper(page, host, "o05")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_label("Mot ou expression").fill("ACKNOWLEDGMENTS")
    row = page.locator(".passages button", has_text="Page 337")
    row.first.click()
    expect(page.get_by_label("Aller à la page")).to_have_value("337")
    page.wait_for_function("() => CSS.highlights.get('reader-chosen')?.size === 1")
    # Pages above take their size as they are drawn: the passage is held in sight meanwhile.
    page.wait_for_function(
        """() => {
            const [range] = CSS.highlights.get('reader-chosen')
            const box = range.getBoundingClientRect()
            const room = document.querySelector('.scroller').getBoundingClientRect()
            const isInSight = box.top >= room.top && box.bottom <= room.bottom
            return range.toString() === 'ACKNOWLEDGMENTS' && isInSight
        }""",
        timeout=10_000,
    )


def test_a_page_stays_while_the_one_above_takes_its_own_size(page: Page, host: str) -> None:
    """The first page of o05 is larger than the others, which have its size until they are read."""
    open_paper(page, host, "o05")
    type_page(page, 180)
    above = page.locator(".page[data-page-number='179']")
    height = above.bounding_box()
    standing = """() => {
        const page = document.querySelector(".page[data-page-number='180']")
        const room = document.querySelector('.scroller')
        return page.getBoundingClientRect().top - room.getBoundingClientRect().top
    }"""
    before = page.evaluate(standing)
    page.locator(".scroller").evaluate("(one) => one.scrollBy(0, -200)")
    expect(above.locator(".textLayer")).to_be_visible()
    after = above.bounding_box()
    assert height is not None
    assert after is not None
    assert after["height"] < height["height"] - 100
    held = f"(before) => Math.abs(({standing})() - before - 200) <= 1"
    page.wait_for_function(held, arg=before, timeout=10_000)


def test_a_scan_says_there_is_nothing_to_search(page: Page, host: str) -> None:
    open_paper(page, host, "o06")
    page.evaluate("() => { harness.texts = [''] }")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_label("Mot ou expression").fill("route")
    expect(page.locator(".panel [role=status]")).to_contain_text("est une image")


def test_outline_and_thumbnails_lead_to_pages(page: Page, host: str) -> None:
    open_paper(page, host, "o05")
    page.get_by_role("button", name="Sommaire").click()
    page.get_by_role("button", name="PREFACE").click()
    expect(page.get_by_label("Aller à la page")).to_have_value("12")
    expect(page.locator(".outline [aria-current]")).to_contain_text("PREFACE")
    page.get_by_role("button", name="Miniatures").click()
    expect(page.locator(".thumbnails [aria-current] canvas[data-drawn]")).to_be_visible()
    page.locator(".thumbnails").get_by_role("button", name="Page 14", exact=True).click()
    expect(page.get_by_label("Aller à la page")).to_have_value("14")
    page.locator(".panel .body").evaluate("(one) => one.scrollTo(0, one.scrollHeight)")
    expect(page.locator("[data-page='352'] canvas[data-drawn]")).to_be_visible()
    for _ in range(12):
        page.locator(".panel .body").evaluate("(one) => one.scrollBy(0, -900)")
        page.wait_for_timeout(120)
    assert page.locator(".thumbnails canvas[data-drawn]").count() <= 40


def test_only_the_keyboard(page: Page, host: str) -> None:
    open_paper(page, host, "o05")
    value = page.get_by_label("Aller à la page")
    for key, expected in (("End", "352"), ("Home", "1"), ("ArrowRight", "2"), ("ArrowLeft", "1")):
        page.keyboard.press(key)
        expect(value).to_have_value(expected)
    before = page.locator(".scroller").evaluate("(one) => one.scrollTop")
    page.keyboard.press("PageDown")
    assert page.locator(".scroller").evaluate("(one) => one.scrollTop") > before + 300
    page.keyboard.press("+")
    expect(page.locator(".tools [role=status]")).not_to_have_text("Taille : 100 %")
    page.keyboard.press("0")
    expect(page.get_by_role("button", name="Largeur")).to_have_attribute("aria-pressed", "true")
    names = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        names.add(page.evaluate(FOCUSED))
    assert {"Sommaire", "Miniatures", "Chercher", "Réduire", "Agrandir", "Page entière"} <= names
    assert {"Ordre du jour", "Page suivante"} <= names


def test_outside_links_are_safe(page: Page, host: str) -> None:
    open_paper(page, host, "o05")
    type_page(page, 2)
    links = page.locator(".page[data-page-number='2'] .annotationLayer a[href]")
    expect(links.first).to_be_attached()
    for link in links.all():
        assert (link.get_attribute("href") or "").startswith(("http://", "https://", "mailto:"))
        assert link.get_attribute("target") == "_blank"
        assert "noopener" in (link.get_attribute("rel") or "")


def test_scripts_of_a_pdf_never_run_and_forms_are_only_shown(page: Page, host: str) -> None:
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    open_paper(page, host, "o15")
    page.wait_for_timeout(500)
    assert said == []
    open_paper(page, host, "o10")
    assert page.locator(".annotationLayer :is(input, select, textarea)").count() == 0


def test_a_refused_read_says_so_and_is_tried_again(page: Page, host: str) -> None:
    open_paper(page, host, "o05")
    page.evaluate("() => { harness.refuse = 'unreachable' }")
    field = page.get_by_label("Aller à la page")
    field.fill("180")
    field.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Une partie de la pièce n’a pas pu être lue.")
    expect(alert).to_contain_text("Le serveur de la mairie ne répond pas")
    page.evaluate("() => { harness.refuse = null }")
    alert.get_by_role("button", name="Réessayer").click()
    expect(alert).to_have_count(0)
    expect(page.locator(".page[data-page-number='180'] .textLayer")).to_be_visible()
    expect(field).to_have_value("180")


@pytest.mark.parametrize(
    ("name", "words"),
    [("o09", "protégée par un mot de passe"), ("o14", "abîmé"), ("o18", "abîmé")],
)
def test_a_paper_that_cannot_be_shown_says_why(
    page: Page, host: str, name: str, words: str
) -> None:
    go_to(page, host, name)
    expect(page.get_by_role("alert")).to_contain_text(words)
    assert audit(page) == []


def test_next_paper_without_going_back(page: Page, host: str) -> None:
    open_paper(page, host, "o01")
    page.get_by_role("link", name="Pièce suivante").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("o02_cr_conseil_libreoffice")
    page.wait_for_selector(".reader[data-phase=reading] .textLayer")
    page.get_by_role("link", name="Pièce précédente").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("o01_pv_conseil_tagged")


@pytest.mark.parametrize("name", ["o04", "o07"])
def test_a_layer_stays_on_its_page_at_every_zoom(page: Page, host: str, name: str) -> None:
    open_paper(page, host, name, "?layers")
    part = """() => {
        const box = document.querySelector('svg.marks rect').getBoundingClientRect()
        const page = document.querySelector('.page').getBoundingClientRect()
        return [box.left - page.left, box.top - page.top, box.width, box.height]
            .map((one) => one / page.width)
    }"""
    before = page.evaluate(part)
    for name in ("Agrandir", "Agrandir", "Page entière"):
        page.get_by_role("button", name=name).click()
        page.wait_for_timeout(700)
        assert page.evaluate(part) == pytest.approx(before, abs=0.005)


def test_canvases_and_layers_leave_with_their_pages(page: Page, host: str) -> None:
    open_paper(page, host, "o05", "?layers")
    for number in range(20, 352, 20):
        type_page(page, number)
    state = page.evaluate(
        """() => [
            document.querySelectorAll('.page canvas').length,
            [...document.querySelectorAll('canvas')]
                .reduce((sum, one) => sum + one.width * one.height, 0),
            document.querySelectorAll('svg.marks').length,
            harness.layers.drawn - harness.layers.cleared,
        ]"""
    )
    canvases, pixels, layers, alive = state
    assert canvases <= 22
    assert pixels <= 11 * 2 * 5_242_880
    assert layers == alive <= 22


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    [
        ("o05", (1180, 820), "light"),
        ("o05", (820, 1180), "dark"),
        ("o05", (360, 740), "light"),
        ("o01", (1180, 820), "dark"),
        ("o10", (820, 1180), "light"),
    ],
)
def test_axe_finds_nothing(
    browser: Browser, host: str, name: str, size: tuple[int, int], scheme: str
) -> None:
    context = context_of(browser, *size, scheme)
    page = context.new_page()
    open_paper(page, host, name)
    found = audit(page)
    for panel in ("outline", "thumbnails", "search"):
        page.locator(f"[data-panel={panel}]").click()
        if panel == "search":
            page.get_by_label("Mot ou expression").fill("le")
        page.wait_for_timeout(500)
        found += [f"{panel}: {one}" for one in audit(page)]
    wide = page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    context.close()
    assert (found, wide) == ([], False)
