"""The demonstration's papers: they compile, are accessible, and come out the same every time."""

import hashlib
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from pypdf import PdfReader

from cartable.demo.content import demonstration
from cartable.demo.dates import Dates
from cartable.demo.papers import LOCKED, SCANNED, make_papers, paper_data, typeset

TODAY = date(2026, 11, 21)
IN_ANOTHER_PROCESS = """
import hashlib, json, sys
from datetime import date
from pathlib import Path
from cartable.demo.papers import make_papers
made = make_papers(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]))
print(json.dumps({k: hashlib.sha256(v.read_bytes()).hexdigest() for k, v in made.items()}))
"""


@pytest.fixture(scope="session")
def papers(demo_papers: Path) -> dict[str, Path]:
    return make_papers(demo_papers, TODAY)


def test_every_piece_has_its_paper(papers: dict[str, Path]) -> None:
    wanted = {p.paper for s in demonstration(TODAY).sittings for p in s.all_pieces}
    assert set(papers) == wanted
    assert all(path.read_bytes().startswith(b"%PDF-") for path in papers.values())


def test_typeset_papers_say_they_are_accessible(papers: dict[str, Path]) -> None:
    for paper in papers.keys() - SCANNED - LOCKED:
        reader = PdfReader(papers[paper])
        root = reader.root_object
        marker = root["/Metadata"].get_object().get_data()
        assert b"<pdfuaid:part>1</pdfuaid:part>" in marker, paper
        assert root["/Lang"] in {"fr", "fr-FR"}, paper
        assert root["/MarkInfo"]["/Marked"], paper
        assert reader.metadata is not None
        assert reader.metadata.title, paper


def test_sizes_are_those_of_real_papers(papers: dict[str, Path]) -> None:
    pages = {
        paper: len(pypdfium2.PdfDocument(path))
        for paper, path in papers.items()
        if paper not in LOCKED
    }
    assert pages["council/03-budget-primitif"] > 100
    assert 10 <= pages["council/08-rapport-plu"] <= 20
    assert 10 <= pages["past/02-orientation-budgetaire"] <= 20
    assert all(count <= 20 for p, count in pages.items() if p != "council/03-budget-primitif")
    called = {piece.paper for piece in demonstration(TODAY).sittings[0].all_pieces}
    assert sum(pages[paper] for paper in called) > 180


def test_the_plan_is_a_large_drawing(papers: dict[str, Path]) -> None:
    (page,) = pypdfium2.PdfDocument(papers["council/08-plan-de-zonage"])
    assert [round(side) for side in page.get_size()] == [3370, 2384]
    assert "Emplacements réservés" in page.get_textpage().get_text_range()


def test_scans_are_pictures_without_text(papers: dict[str, Path]) -> None:
    for paper in SCANNED:
        document = pypdfium2.PdfDocument(papers[paper])
        assert len(document) >= 2
        for page in document:
            assert page.get_textpage().count_chars() == 0
            kinds = [found.type for found in page.get_objects()]
            assert kinds == [pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]


def test_the_locked_paper_refuses_to_open_without_its_password(papers: dict[str, Path]) -> None:
    (paper,) = LOCKED
    with pytest.raises(pypdfium2.PdfiumError, match="password"):
        pypdfium2.PdfDocument(papers[paper])
    assert len(pypdfium2.PdfDocument(papers[paper], password="lots-2-et-3")) == 1


@pytest.mark.slow
def test_another_process_makes_the_same_bytes(papers: dict[str, Path], tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS, str(tmp_path), TODAY.isoformat()],
        capture_output=True,
        check=True,
        text=True,
        env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PATH": "/nonexistent"},
    )
    theirs = json.loads(answer.stdout)
    ours = {k: hashlib.sha256(path.read_bytes()).hexdigest() for k, path in papers.items()}
    assert theirs == ours


def test_papers_made_once_are_kept(papers: dict[str, Path]) -> None:
    folder = next(iter(papers.values())).parents[1]
    made_again: list[str] = []
    assert make_papers(folder, TODAY, made_again.append) == papers
    assert made_again == []


def test_another_day_gives_other_dates() -> None:
    today = date(2027, 3, 6)
    demo = demonstration(today)
    data = paper_data(demo.sittings[0], "council/00-convocation", demo, Dates.counted_from(today))
    document = pypdfium2.PdfDocument(typeset("council/00-convocation", data))
    text = document[0].get_textpage().get_text_range().replace("\xa0", " ")
    assert "jeudi 11 mars 2027" in text


def test_text_has_no_left_over_markup(papers: dict[str, Path]) -> None:
    for paper in papers.keys() - SCANNED - LOCKED:
        text = "".join(
            page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(papers[paper])
        )
        for mark in ("#", "[", "]", "{", "}", "lorem", "none", "TODO"):
            assert mark not in text, (paper, mark)
        assert "'" not in text, paper
