"""Whatever was written, the file for PDF readers is XML that says it, at the same place."""

import re
from datetime import UTC, datetime
from uuid import uuid4
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from cartable.annotations.shapes import Annotation, Highlight, Ink, Mark, Note, TextQuote
from cartable.personal.xfdf import as_xfdf

NAME = "{http://ns.adobe.com/xfdf/}"
LENGTH = st.floats(-100_000, 100_000, allow_nan=False)


def _written(mark: Mark, paper: str = "Budget.pdf") -> ET.Element:
    now = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
    one = Annotation(
        id=uuid4(), document_id=uuid4(), sha256="0" * 64, page=3, page_hash="", mark=mark,
        created_at=now, modified_at=now, forked_from=None, device_name="",
    )  # fmt: skip
    read = ET.fromstring(as_xfdf([one], paper))
    found = read.find(f"{NAME}annots/*")
    assert found is not None
    assert found.attrib["page"] == "2"
    assert found.attrib["date"] == "D:20261122073000Z"
    return found


@given(st.text(max_size=300), st.text(max_size=60))
def test_words_come_back_but_for_what_xml_cannot_hold(text: str, label: str) -> None:
    found = _written(Note(colour="blue", text=text, x=10, y=700, label=label), label)
    said = found.findtext(f"{NAME}contents", "")
    kept = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", f"{text}\n{label}")
    assert said.split() == kept.split()
    assert found.attrib["rect"] == "10,680,30,700"


@given(st.lists(st.lists(LENGTH, min_size=8, max_size=8), min_size=1, max_size=4))
def test_a_highlight_covers_the_same_corners(quads: list[list[float]]) -> None:
    quote = TextQuote(exact="", prefix="", suffix="")
    found = _written(Highlight(colour="yellow", quads=quads, quote=quote))
    coords = [float(each) for each in found.attrib["coords"].split(",")]
    assert len(coords) == 8 * len(quads)
    wanted = sorted(round(each, 3) for quad in quads for each in quad)
    assert all(abs(a - b) < 0.002 for a, b in zip(sorted(coords), wanted, strict=True))
    left, low, right, high = map(float, found.attrib["rect"].split(","))
    assert all(left <= x <= right for x in coords[0::2])
    assert all(low <= y <= high for y in coords[1::2])


def test_a_stroke_keeps_its_points_and_a_note_of_a_page_has_a_place() -> None:
    found = _written(Ink(colour="red", width=2, points=[10, 20, 0.5, 30.25, 40, 1]))
    assert found.findtext(f"{NAME}inklist/{NAME}gesture") == "10,20;30.25,40"
    assert found.attrib["rect"] == "9,19,31.25,41"
    assert found.attrib["color"] == "#B91C1C"
    assert _written(Note(colour="red", text="x")).attrib["rect"] == "36,36,56,56"
