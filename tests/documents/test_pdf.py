"""Real PDFs: every file of the corpus ends as its manifest says, and no mutation of one escapes."""

import csv
import io
import os
import resource
import time
from pathlib import Path

import anyio
import pikepdf
import pypdfium2 as pdfium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from cartable.documents import pdf as reader
from cartable.documents.confinement import (
    FLAGS,
    PREVIEW,
    REFUSALS,
    TEXTS,
    Inspection,
    Limits,
    inspect_pdf,
    read_texts,
)

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"

# The words of manifest.csv as codes.
EXPECTED: dict[str, tuple[str | None, set[str]]] = {
    "o01": (None, set()),
    "o02": (None, set()),
    "o03": (None, {"little_text"}),
    "o04": (None, {"rotated"}),
    "o05": (None, set()),
    "o06": (None, {"giant_page", "rotated"}),
    "o07": (None, {"little_text"}),
    "o08": (None, {"restricted"}),
    "o09": ("password_needed", set()),
    "o10": (None, {"form"}),
    "o11": (None, {"little_text"}),
    "o12": (None, set()),
    "o13": (None, {"damaged", "little_text"}),
    "o14": ("incomplete_file", set()),
    "o15": (None, {"javascript"}),
    "o16": (None, {"embedded_files"}),
    "o17": ("too_heavy_to_read", set()),
    "o18": ("not_a_pdf", set()),
    "o19": ("empty_file", set()),
    "o20": (None, {"signed"}),
}


def manifest() -> list[dict[str, str]]:
    path = CORPUS / "manifest.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def corpus() -> Path:
    if not manifest():
        if os.environ.get("CI") == "true":
            pytest.fail("the corpus of real PDFs (../shared/corpus) is missing")
        pytest.skip("the corpus of real PDFs (../shared/corpus) is not on this machine")
    return CORPUS


def read(source: Path, out: Path, limits: Limits | None = None) -> Inspection:
    return anyio.run(inspect_pdf, source, out, limits)


def read_bytes(content: bytes, folder: Path, limits: Limits | None = None) -> Inspection:
    source = folder / "paper.pdf"
    source.write_bytes(content)
    return read(source, folder / "out", limits)


def find(corpus: Path, number: str) -> Path:
    return next(corpus.glob(f"{number}_*.pdf"))


def test_the_corpus_is_here_and_each_file_has_an_expectation(corpus: Path) -> None:
    assert {row["file"][:3] for row in manifest()} == set(EXPECTED)


@pytest.mark.parametrize("row", manifest(), ids=lambda row: row["file"])
def test_every_file_ends_as_the_manifest_says(
    corpus: Path, tmp_path: Path, row: dict[str, str]
) -> None:
    source = corpus / row["file"]
    before = source.read_bytes()
    start = time.monotonic()
    inspection = read(source, tmp_path)
    assert time.monotonic() - start < 20
    refusal, flags = EXPECTED[row["file"][:3]]
    assert (inspection.refusal, set(inspection.flags)) == (refusal, flags)
    assert row["expected"].startswith("reject" if refusal else "accept") or "o14_" in row["file"]
    assert source.read_bytes() == before
    if refusal is None:
        assert inspection.pages == int(row["pages"]) == len(read_texts(tmp_path / TEXTS))
        with Image.open(tmp_path / PREVIEW) as preview:
            assert preview.format == "WEBP"
            assert preview.width <= 480
            assert preview.height <= 960
            assert preview.convert("L").getextrema()[0] < 255, "nothing was drawn"


def test_the_bomb_is_stopped_by_its_limits(corpus: Path, tmp_path: Path) -> None:
    """PDFium alone takes 2 GiB and 7 s of processor for it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    assert read(find(corpus, "o17"), tmp_path).refusal == "too_heavy_to_read"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 5
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1 << 20  # KiB


def test_sizes_are_those_displayed(corpus: Path, tmp_path: Path) -> None:
    assert set(read(find(corpus, "o04"), tmp_path).sizes) == {(842.0, 595.0)}
    assert read(find(corpus, "o06"), tmp_path).sizes == [(3370.0, 2384.0)]
    assert read(find(corpus, "o07"), tmp_path).sizes == [(362.83, 257.95)]
    assert read(find(corpus, "o05"), tmp_path).sizes.count((396.48, 594.48)) > 300


def test_right_to_left_text_is_in_logical_order(corpus: Path, tmp_path: Path) -> None:
    read(find(corpus, "o12"), tmp_path)
    habibi = "\u062d\u064e\u0628\u064a\u0628\u064a"
    assert read_texts(tmp_path / TEXTS)[0].split() == [habibi, "habibi", habibi]


def test_rotated_pages_keep_their_line_ends(corpus: Path, tmp_path: Path) -> None:
    read(find(corpus, "o04"), tmp_path)
    text = read_texts(tmp_path / TEXTS)[5]
    assert "d'être un\nconducteur" in text


def test_printers_marks_outside_the_crop_box_are_no_text(corpus: Path, tmp_path: Path) -> None:
    inspection = read(find(corpus, "o05"), tmp_path)
    texts = "".join(read_texts(tmp_path / TEXTS))
    assert "4TH PASS PAGES" not in texts
    assert "pur\u00adchase" in texts  # a word cut at a line's end stays one word
    assert not any(ord(letter) < 32 and letter != "\n" for letter in texts)
    assert len(inspection.outline) == 53
    (preface,) = [entry for entry in inspection.outline if entry.title == "PREFACE"]
    assert read_texts(tmp_path / TEXTS)[preface.page].startswith("PREFACE")


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        ({"print_lowres", "print_highres"}, {"printing", "fine_printing"}),
        ({"print_highres"}, {"fine_printing"}),
        ({"extract"}, {"copying"}),
        ({"modify_other"}, {"changing"}),
        ({"modify_form"}, {"filling_forms"}),
        ({"modify_annotation"}, {"annotating"}),
    ],
)
def test_each_restriction_has_its_word(tmp_path: Path, refused: set[str], words: set[str]) -> None:
    allow = pikepdf.Permissions(modify_assembly=True, **dict.fromkeys(refused, False))
    lock = pikepdf.Encryption(owner="x", user="", allow=allow)
    inspection = read_bytes(saved(paper("Budget"), encryption=lock), tmp_path)
    assert inspection.flags == ["restricted"]
    assert set(inspection.restrictions) - {"assembling"} == words


def paper(*texts: str) -> pikepdf.Pdf:
    """A document of our own, one line of text a page."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
    )
    for text in texts:
        page = pdf.add_blank_page(page_size=(595, 842))
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        drawing = f"BT /F 12 Tf 50 700 Td ({text}) Tj ET".encode("cp1252")
        page.obj.Contents = pdf.make_stream(drawing)
    return pdf


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, **options)
    return buffer.getvalue()


SCRIPT = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def with_script_after_a_link(pdf: pikepdf.Pdf) -> None:
    link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org", Next=[SCRIPT])
    note = pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=link)
    pdf.pages[1].obj.Annots = pikepdf.Array([note])


def with_script_on_a_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].obj.AA = pikepdf.Dictionary(O=SCRIPT)


def with_script_on_closing(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AA = pikepdf.Dictionary(WC=SCRIPT)


def with_named_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=["a", SCRIPT]))


def with_file_pinned_on_a_page(pdf: pikepdf.Pdf) -> None:
    pinned = pikepdf.Dictionary(Subtype=pikepdf.Name.FileAttachment, Rect=[0, 0, 9, 9])
    pdf.pages[0].obj.Annots = pikepdf.Array([pinned])


def with_attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["budget.xlsx"] = b"PK"


def with_xfa(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=pdf.make_stream(b"<xdp/>"))
    pdf.Root.NeedsRendering = True


@pytest.mark.parametrize(
    ("change", "flag"),
    [
        (with_script_after_a_link, "javascript"),
        (with_script_on_a_page, "javascript"),
        (with_script_on_closing, "javascript"),
        (with_named_script, "javascript"),
        (with_file_pinned_on_a_page, "embedded_files"),
        (with_attachment, "embedded_files"),
        (with_xfa, "dynamic_form"),
    ],
)
def test_each_power_of_a_file_is_flagged(tmp_path: Path, change: object, flag: str) -> None:
    pdf = paper("Rapport", "Annexe")
    assert read_bytes(saved(pdf), tmp_path).flags == []
    assert callable(change)
    change(pdf)
    assert read_bytes(saved(pdf), tmp_path).flags == [flag]


def test_a_file_only_qpdf_understands_is_read_from_a_copy(tmp_path: Path) -> None:
    content = saved(paper("Rapport"), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    broken = content.replace(b"/Type /Page ", b"/Type /Pagf ").replace(
        b"/Type /Page\n", b"/Type /Pagf\n"
    )
    assert broken != content
    with pytest.raises(pdfium.PdfiumError):
        pdfium.PdfDocument(broken)[0]
    inspection = read_bytes(broken, tmp_path)
    assert (inspection.refusal, inspection.flags) == (None, ["damaged"])
    assert read_texts(tmp_path / "out" / TEXTS) == ["Rapport"]
    assert (tmp_path / "paper.pdf").read_bytes() == broken
    assert {file.name for file in (tmp_path / "out").iterdir()} == {TEXTS, PREVIEW}


def test_pages_and_characters_are_bounded(tmp_path: Path) -> None:
    content = saved(paper("un", "deux", "trois"))
    assert read_bytes(content, tmp_path, Limits(pages=2)).refusal == "too_many_pages"
    inspection = read_bytes(content, tmp_path, Limits(characters=4))
    assert inspection.flags == ["text_cut"]
    assert read_texts(tmp_path / "out" / TEXTS) == ["un", "de", ""]


def test_a_page_tree_that_loops_ends(tmp_path: Path) -> None:
    plain = saved(paper("un", "deux"), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    looping = plain.replace(b"/Kids [ 3 0 R 4 0 R ]", b"/Kids [ 3 0 R 2 0 R ]")
    looping = looping.replace(b"/Count 2", b"/Count 9")
    assert looping != plain
    assert read_bytes(looping, tmp_path).refusal == "unreadable"


def test_a_false_count_of_pages_is_mended(tmp_path: Path) -> None:
    plain = saved(paper("un", "deux"), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    inspection = read_bytes(plain.replace(b"/Count 2", b"/Count 9"), tmp_path)
    assert (inspection.refusal, inspection.flags, inspection.pages) == (None, ["damaged"], 2)


def test_a_document_without_a_page_is_no_paper(tmp_path: Path) -> None:
    assert read_bytes(saved(pikepdf.new()), tmp_path).refusal == "unreadable"


def test_headings_are_bounded_and_lead_somewhere(tmp_path: Path) -> None:
    pdf = paper("un", "deux")
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("Nulle part"))
        outline.root += [pikepdf.OutlineItem(f"Titre {n}" * 99, 1) for n in range(9)]
    entries = read_bytes(saved(pdf), tmp_path, Limits(outline_entries=5)).outline
    assert len(entries) == 4
    assert {(entry.page, entry.level, len(entry.title)) for entry in entries} == {(1, 0, 200)}


def test_a_drawing_too_heavy_leaves_a_piece_without_preview(tmp_path: Path) -> None:
    """A pattern repeated at every point costs nothing to read and is never done being drawn."""
    pdf = paper("Plan")
    pattern = pdf.make_stream(
        b"0 0 300 300 re f",
        Type=pikepdf.Name.Pattern,
        PatternType=1,
        PaintType=1,
        TilingType=1,
        BBox=[0, 0, 595, 842],
        XStep=0.5,
        YStep=0.5,
        Resources=pikepdf.Dictionary(),
    )
    page = pdf.pages[0]
    page.obj.Resources.Pattern = pikepdf.Dictionary(P=pattern)
    page.contents_add(b"/Pattern cs /P scn 0 0 595 842 re f")
    inspection = read_bytes(saved(pdf), tmp_path, Limits(cpu_seconds=1))
    assert (inspection.refusal, inspection.flags) == (None, ["no_preview"])
    assert read_texts(tmp_path / "out" / TEXTS) == ["Plan"]


def test_a_drawing_that_fails_leaves_one_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(reading: reader.Reading, path: Path) -> None:
        raise MemoryError

    monkeypatch.setattr(reader.Reading, "draw_preview", fail)
    (tmp_path / "paper.pdf").write_bytes(saved(paper("Plan")))
    said: list[Inspection] = []
    reader.inspect(tmp_path / "paper.pdf", tmp_path, Limits(), said.append)
    assert [(each.refusal, each.flags) for each in said] == [(None, ["no_preview"])]


@pytest.mark.slow
@pytest.mark.parametrize("number", ["o01", "o02", "o10", "o20"])
def test_a_file_cut_anywhere_is_never_taken_for_whole(
    corpus: Path, tmp_path: Path, number: str
) -> None:
    whole = find(corpus, number).read_bytes()
    read_bytes(whole, tmp_path)
    texts = read_texts(tmp_path / "out" / TEXTS)
    for percent in (3, 20, 50, 80, 95, 99):
        inspection = read_bytes(whole[: len(whole) * percent // 100], tmp_path)
        if inspection.refusal is None:
            assert "damaged" in inspection.flags
            assert read_texts(tmp_path / "out" / TEXTS) == texts
        else:
            assert inspection.refusal == "incomplete_file"


def test_a_file_cut_inside_a_later_revision_is_incomplete(tmp_path: Path) -> None:
    """Its first revision is whole, and would be shown in place of the last one."""
    first = saved(paper("Subvention : 100 euros"))
    later = first + b"9 0 obj\n<< /Length 4000 >>\nstream\n" + b"x" * 3_000
    assert read_bytes(later, tmp_path).refusal == "incomplete_file"


def test_a_file_that_only_lost_its_last_line_is_taken(corpus: Path, tmp_path: Path) -> None:
    whole = saved(paper("Rapport", "Annexe"))
    inspection = read_bytes(whole.rstrip().removesuffix(b"%%EOF"), tmp_path)
    assert (inspection.refusal, inspection.flags) == (None, ["damaged"])
    assert read_texts(tmp_path / "out" / TEXTS) == ["Rapport", "Annexe"]


@pytest.mark.slow
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_mutation_of_a_real_file_escapes(
    corpus: Path, tmp_path: Path, data: st.DataObject
) -> None:
    number = data.draw(st.sampled_from(["o02", "o08", "o10", "o12", "o13", "o15", "o16", "o20"]))
    content = bytearray(find(corpus, number).read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            content[place] = data.draw(st.integers(0, 255))
        else:
            del content[place : place + data.draw(st.integers(1, 2_000))]
        content = content or bytearray(b"%")
    start = time.monotonic()
    inspection = read_bytes(bytes(content), tmp_path, Limits(cpu_seconds=3, wall_seconds=10))
    assert time.monotonic() - start < 12
    if inspection.refusal is None:
        assert inspection.pages == len(read_texts(tmp_path / "out" / TEXTS))
        assert set(inspection.flags) <= set(FLAGS)
    else:
        assert inspection == Inspection(refusal=inspection.refusal)
        assert inspection.refusal in REFUSALS
