"""Marks on real papers, by mouse, pen, finger and keyboard, kept in the browser's own database."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .marking import (
    AGES,
    KEPT,
    PART,
    SETTLED,
    TOP,
    WAITING,
    WIDTH,
    Hand,
    assert_near,
    draw,
    loop,
    marks,
    tool,
    wait_part,
    wait_waiting,
    word,
)
from .reader_host import audit, context_of, open_paper

MARKED = "?marks"
expect.set_options(timeout=15_000)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = context_of(browser, 1180, 820, "light")
    page = context.new_page()
    wrongs: list[str] = []
    page.on("pageerror", lambda error: wrongs.append(str(error)))
    yield page
    context.close()
    assert wrongs == []


@pytest.mark.parametrize("name", ["o02", "o04", "o07", "o03"])
def test_ink_is_the_same_at_every_zoom_and_after_a_reload(page: Page, host: str, name: str) -> None:
    open_paper(page, host, name, MARKED)
    tool(page, "Stylo").click()
    ring = loop(page)
    draw(page, ring)
    ink = "svg.marks .ink"
    drawn = page.locator(ink)
    expect(drawn).to_have_count(1)
    box = drawn.bounding_box()
    assert box is not None
    assert abs(box["x"] + box["width"] / 2 - ring[0][0] + 40) < 4
    assert abs(box["width"] - 80) < 6
    before = page.evaluate(PART, ink)
    page.wait_for_function(KEPT)
    for name_of_size in ("Agrandir", "Page entière"):
        width = page.evaluate(WIDTH)
        tool(page, "Taille").click()
        page.get_by_role("button", name=name_of_size).click()
        page.keyboard.press("Escape")
        page.wait_for_function(f"(width) => ({WIDTH})() !== width", arg=width)
        wait_part(page, ink, before)
    page.set_viewport_size({"width": 820, "height": 1180})
    page.reload()
    wait_part(page, ink, before)


def test_a_pen_writes_with_its_pressure_and_fingers_scroll_from_then_on(
    page: Page, host: str
) -> None:
    open_paper(page, host, "o02", MARKED)
    hand = Hand(page)
    tool(page, "Stylo").click()
    ring = loop(page)
    hand.finger(ring)
    expect(page.locator("svg.marks .ink")).to_have_count(1)
    hand.pen([(x - 150, y) for x, y in ring])
    expect(page.locator("svg.marks .ink")).to_have_count(2)
    finger, pen = marks(page)
    assert set(finger["points"][2::3]) == {0.5}
    pressures = pen["points"][2::3]
    assert pressures[0] < 0.35
    assert max(pressures) > 0.6
    assert page.evaluate(TOP) == 0
    x = ring[0][0]
    hand.finger([(x, 500 - 20 * n) for n in range(12)])
    page.wait_for_function(f"() => ({TOP})() > 80")
    assert len(marks(page)) == 2
    page.wait_for_function(KEPT)
    page.reload()
    page.wait_for_selector("svg.marks .ink")
    assert page.locator(".reader").get_attribute("data-pen") == "true"
    tool(page, "Stylo").click()
    before = page.evaluate(TOP)
    hand.finger([(x, 500 - 20 * n) for n in range(12)])
    page.wait_for_function(f"(before) => ({TOP})() > before + 80", arg=before)
    assert len(marks(page)) == 2


def test_a_palm_beside_the_pen_draws_nothing(page: Page, host: str) -> None:
    open_paper(page, host, "o02", MARKED)
    tool(page, "Stylo").click()
    ring = loop(page)
    hand = Hand(page)
    start = {"type": "touchStart", "touchPoints": [{"x": 600, "y": 600}]}
    hand.cdp.send("Input.dispatchTouchEvent", start)
    hand.pen(ring)
    hand.cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("svg.marks .ink")).to_have_count(1)
    assert max(marks(page)[0]["points"][2::3]) > 0.6


def test_a_second_finger_zooms_and_leaves_no_stroke(page: Page, host: str) -> None:
    open_paper(page, host, "o02", MARKED)
    tool(page, "Stylo").click()
    cdp = page.context.new_cdp_session(page)
    before = page.evaluate(WIDTH)
    for n in range(8):
        first, second = (
            {"x": 500 - 15 * n, "y": 400, "id": 0},
            {"x": 560 + 15 * n, "y": 400, "id": 1},
        )
        kind = "touchMove" if n > 1 else "touchStart"
        points = [first] if n == 0 else [first, second]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function(f"(before) => ({WIDTH})() > before * 1.2", arg=before)
    assert marks(page) == []


def test_words_are_highlighted_by_mouse_where_they_stand(page: Page, host: str) -> None:
    open_paper(page, host, "o02", MARKED)
    tool(page, "Surligner").click()
    first, last = word(page, "Yves"), word(page, "David")
    middle = first["y"] + first["height"] / 2
    draw(page, [(first["x"] + 9, middle), (last["x"] + 20, middle)])
    sheet = page.locator("svg.highlights .sheet")
    expect(sheet).to_have_count(1)
    [mark] = marks(page)
    assert mark["quote"]["exact"] == "Yves, Jacques, David"
    assert mark["quote"]["prefix"].endswith("Présents : Jean-Pierre, ")
    assert mark["quote"]["suffix"].startswith(", Nelly, Patrick")
    box = sheet.bounding_box()
    assert box is not None
    assert abs(box["x"] - first["x"]) < 2
    assert abs(box["y"] - first["y"]) < 2
    assert abs(box["height"] - first["height"]) < 2
    assert page.evaluate("() => getSelection().isCollapsed")
    assert (
        page.evaluate(
            "() => getComputedStyle(document.querySelector('svg.highlights .sheet')).fillOpacity"
        )
        == "0.35"
    )


@pytest.mark.parametrize("device", ["finger", "pen"])
def test_words_are_highlighted_by_a_finger_or_a_pen_that_passes_over(
    page: Page, host: str, device: str
) -> None:
    open_paper(page, host, "o02", MARKED)
    tool(page, "Surligner").click()
    first, last = word(page, "Yves"), word(page, "David")
    middle = first["y"] + first["height"] / 2
    way = [first["x"] + 5 + n * (last["x"] + 15 - first["x"]) / 9 for n in range(10)]
    hand = Hand(page)
    (hand.pen if device == "pen" else hand.finger)([(x, middle) for x in way])
    expect(page.locator("svg.highlights .sheet")).to_have_count(1)
    assert marks(page)[0]["quote"]["exact"] == "Yves, Jacques, David"


def test_words_of_a_turned_page_are_highlighted_along_the_words(page: Page, host: str) -> None:
    open_paper(page, host, "o04", MARKED)
    page.keyboard.press("l")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    chosen = page.evaluate(
        """() => {
            const page = document.querySelector(".page[data-page-number='1']")
                .getBoundingClientRect()
            const box = getSelection().getRangeAt(0).getClientRects()[0]
            return [box.left - page.left, box.top - page.top].map((one) => one / page.width)
        }"""
    )
    page.keyboard.press("Enter")
    expect(page.locator("svg.highlights .sheet")).to_have_count(1)
    assert_near(page.evaluate(PART, "svg.highlights .sheet")[:2], chosen, 0.006)


def test_everything_by_keyboard_alone(page: Page, host: str) -> None:
    open_paper(page, host, "o02", MARKED)
    press = page.keyboard.press
    press("l")
    expect(tool(page, "Surligner")).to_have_attribute("aria-pressed", "true")
    for key in ("Shift+ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown"):
        press(key)
    chosen = page.evaluate("() => getSelection().toString()").split()
    press("Enter")
    expect(page.locator("svg.highlights .sheet")).to_have_count(1)
    [highlight] = marks(page)
    assert highlight["quote"]["exact"].split()[:3] == chosen[:3]
    expect(page.locator(".reader > [role=status]")).to_contain_text("Surligné")
    press("Escape")
    expect(tool(page, "Lire")).to_have_attribute("aria-pressed", "true")

    press("/")
    page.keyboard.type("abstention")
    expect(page.locator(".rank")).to_be_visible()
    for _ in range(12):
        press("Tab")
        if "Surligner ces mots" in page.evaluate("() => document.activeElement.textContent"):
            break
    press("Enter")
    expect(page.locator("svg.highlights .sheet")).to_have_count(2)
    press("Escape")

    page.locator(".scroller").focus()
    press("n")
    expect(page.get_by_label("Ma note")).to_be_focused()
    page.keyboard.type("Demander le coût.")
    press("Escape")
    expect(page.locator(".note .show:focus")).to_contain_text("Demander le coût.")
    note = marks(page)[-1]
    assert (note["text"], note["x"], note["y"]) == ("Demander le coût.", None, None)

    press("Escape")
    expect(page.locator(".panel")).to_have_count(0)
    page.locator(".scroller").focus()
    press("m")
    expect(page.locator(".ribbon")).to_have_count(1)
    press("Control+z")
    expect(page.locator(".ribbon")).to_have_count(0)
    press("Control+Shift+Z")
    expect(page.locator(".ribbon")).to_have_count(1)

    tool(page, "Mes notes").focus()
    press("Enter")
    gone = page.locator("[data-note]", has_text="Demander le coût.")
    gone.get_by_role("button", name="Effacer").focus()
    press("Enter")
    expect(gone).to_have_count(0)
    assert page.evaluate("() => document.activeElement !== document.body")
    page.locator(".toast").get_by_role("button", name="Annuler").focus()
    press("Enter")
    expect(gone).to_have_count(1)


def test_a_note_is_kept_as_it_is_typed(page: Page, host: str) -> None:
    open_paper(page, host, "o02", MARKED)
    tool(page, "Note").click()
    page.mouse.click(600, 300)
    field = page.get_by_label("Ma note")
    expect(field).to_be_focused()
    assert page.evaluate(WAITING) == 0
    page.keyboard.type("Première phrase.")
    wait_waiting(page, 1)
    page.keyboard.type(" Et la suite.")
    wait_waiting(page, 2)
    expect(field).to_be_focused()
    expect(field).to_have_value("Première phrase. Et la suite.")
    page.reload()
    pin = page.get_by_role("button", name="Note : Première phrase. Et la suite.")
    pin.click()
    chosen = page.locator(".note.chosen")
    expect(chosen).to_contain_text("Et la suite.")
    chosen.get_by_role("button", name="Modifier").click()
    field.fill("Autre chose.")
    page.keyboard.press("Escape")
    expect(page.locator(".note.chosen")).to_contain_text("Autre chose.")
    page.keyboard.press("Control+z")
    expect(page.locator(".note.chosen")).to_contain_text("Première phrase. Et la suite.")


def test_an_empty_note_leaves_nothing(page: Page, host: str) -> None:
    open_paper(page, host, "o02", MARKED)
    page.keyboard.press("n")
    expect(page.get_by_label("Ma note")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Ma note")).to_have_count(0)
    assert marks(page) == []
    assert page.evaluate("() => harness.notes.saving.fresh") == []
    assert page.evaluate(WAITING) == 0


def test_the_eraser_takes_what_it_passes_over_at_once(page: Page, host: str) -> None:
    open_paper(page, host, "o02", MARKED)
    tool(page, "Stylo").click()
    x, y = loop(page)[0]
    for n in range(3):
        draw(page, [(x - 60 + 40 * n, y - 60), (x - 60 + 40 * n, y)])
    draw(page, [(x - 60, y + 100), (x + 60, y + 100)])
    expect(page.locator("svg.marks .ink")).to_have_count(4)
    page.wait_for_function(KEPT)
    made = page.evaluate(AGES)
    tool(page, "Gomme").click()
    draw(page, [(x - 100, y - 30), (x + 60, y - 30)])
    expect(page.locator("svg.marks .ink")).to_have_count(1)
    tool(page, "Annuler").click()
    expect(page.locator("svg.marks .ink")).to_have_count(4)
    page.wait_for_function(KEPT)
    assert sorted(page.evaluate(AGES)) == sorted(made)
    tool(page, "Rétablir").click()
    expect(page.locator("svg.marks .ink")).to_have_count(1)
    for left in (4, 3, 2, 1, 0):
        tool(page, "Annuler").click()
        expect(page.locator("svg.marks .ink")).to_have_count(left)
    for left in (1, 2, 3, 4, 1):
        tool(page, "Rétablir").click()
        expect(page.locator("svg.marks .ink")).to_have_count(left)
    page.wait_for_function(KEPT)
    page.reload()
    expect(page.locator("svg.marks .ink")).to_have_count(1)


def test_a_stroke_is_on_the_screen_in_the_next_frame(page: Page, host: str) -> None:
    open_paper(page, host, "o02", MARKED)
    tool(page, "Stylo").click()
    page.evaluate(
        """() => {
            window.took = []
            let [frame, moved] = [0, null]
            const ground = document.querySelector('.ground')
            const count = () => { frame++; requestAnimationFrame(count) }
            requestAnimationFrame(count)
            addEventListener('pointermove', () => { moved ??= frame }, true)
            // Its path is new in the first frame, and changed in the others.
            new MutationObserver((seen) => {
                if (!seen.some(({target}) => target.closest('svg.marks'))) return
                if (moved !== null) window.took.push(frame - moved)
                moved = null
            }).observe(ground, {
                subtree: true, childList: true, attributes: true, attributeFilter: ['d'],
            })
        }"""
    )
    Hand(page).pen(loop(page, 60) * 5)
    took = sorted(page.evaluate("() => window.took"))
    assert len(took) > 40
    assert took[-1] <= 1
    [mark] = marks(page)
    assert len(mark["points"]) / 3 < 1000


@pytest.mark.parametrize(
    ("size", "scheme"),
    [((1180, 820), "light"), ((820, 1180), "dark"), ((1366, 1024), "dark"), ((360, 740), "light")],
)
def test_axe_finds_nothing_and_targets_are_large(
    browser: Browser, host: str, size: tuple[int, int], scheme: str
) -> None:
    context = context_of(browser, *size, scheme)
    page = context.new_page()
    open_paper(page, host, "o02", MARKED)
    found = []
    small: list[str] = []
    for name in ("Stylo", "Surligner", "Gomme", "Note"):
        tool(page, name).click()
        if name == "Stylo":
            draw(page, loop(page))
        page.wait_for_function(SETTLED)
        found += [f"{name}: {one}" for one in audit(page)]
        small += page.evaluate(
            """() => [...document.querySelectorAll('.reader :is(button, a, label.swatch)')]
                .filter((one) => one.checkVisibility() && !one.closest('.page'))
                .filter((one) => {
                    const {width, height} = one.getBoundingClientRect()
                    return Math.min(width, height) < 44 - 0.5
                })
                .map((one) => one.outerHTML.slice(0, 90))"""
        )
    page.get_by_role("button", name="Note sur la page").click()
    page.keyboard.type("Une note.")
    found += [f"writing: {one}" for one in audit(page)]
    page.keyboard.press("Escape")
    found += [f"notes: {one}" for one in audit(page)]
    wide = page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    context.close()
    assert (found, small, wide) == ([], [], False)
