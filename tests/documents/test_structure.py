"""pypdf adds to what PDFium saw of a file; whatever happens to it refuses none."""

import time
from pathlib import Path

import pikepdf
import pytest
from tests.documents.test_pdf import SCRIPT, paper, read_bytes, saved, with_named_script

from cartable.documents import pdf as reader
from cartable.documents import structure
from cartable.documents.confinement import TEXTS, Inspection, Limits, read_texts

NO_COPY = pikepdf.Encryption(
    owner="x", user="", allow=pikepdf.Permissions(extract=False, modify_assembly=True)
)


def examined(pdf: pikepdf.Pdf, folder: Path, seconds: float = 5, **options: object) -> object:
    source = folder / "paper.pdf"
    source.write_bytes(saved(pdf, **options))
    return structure.examine(source, seconds)


def signature() -> pikepdf.Dictionary:
    signed = pikepdf.Dictionary(ByteRange=[0, 10, 20, 10])
    return pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="Maire", V=signed)


def place_to_sign() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="Adjoint")


def box() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(FT=pikepdf.Name.Btn, T="Pour")


def group(*parts: pikepdf.Dictionary) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(T="Groupe", Kids=list(parts))


def with_fields(*fields: pikepdf.Dictionary) -> pikepdf.Pdf:
    pdf = paper("Rapport")
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[pdf.make_indirect(each) for each in fields])
    return pdf


def test_fields_are_for_filling_in_or_for_signing(tmp_path: Path) -> None:
    for flags, *fields in (
        (set(),),
        ({"form"}, box()),
        (set(), place_to_sign()),
        ({"signed"}, signature(), place_to_sign()),
        ({"signed", "form"}, signature(), box()),
        ({"signed"}, group(signature(), place_to_sign())),
        ({"form"}, group(box())),
    ):
        assert examined(with_fields(*fields), tmp_path) == (flags, [])


def test_a_group_of_fields_that_holds_itself_ends(tmp_path: Path) -> None:
    pdf = with_fields(group())
    field = pdf.Root.AcroForm.Fields[0]
    field.Kids = pikepdf.Array([field, pdf.make_indirect(signature())])
    assert examined(pdf, tmp_path) == ({"signed"}, [])


def test_actions_that_follow_one_another_in_a_ring_end(tmp_path: Path) -> None:
    pdf = paper("Rapport")
    action = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org"))
    action.Next = action
    pdf.Root.OpenAction = action
    assert examined(pdf, tmp_path) == (set(), [])
    pdf.Root.OpenAction.Next = pikepdf.Array([action, SCRIPT])
    assert examined(pdf, tmp_path) == ({"javascript"}, [])


def test_an_old_lock_has_fewer_bits(tmp_path: Path) -> None:
    """Before revision 3 who may not change may not assemble, and printing has one quality."""
    allow = pikepdf.Permissions(modify_other=False, print_highres=False, print_lowres=False)
    old = pikepdf.Encryption(owner="x", user="", R=2, aes=False, metadata=False, allow=allow)
    assert examined(paper("Budget"), tmp_path, encryption=old) == (
        {"restricted"},
        ["printing", "fine_printing", "changing", "assembling"],
    )


def test_time_spent_ends_the_search_and_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that makes pypdf work for ever, swallowing every Exception on its way."""

    def work(reader: object) -> None:
        while True:
            try:
                sum(range(1_000))
            except Exception:
                continue

    monkeypatch.setattr(structure, "_powers", work)
    start = time.process_time()
    flags, restrictions = structure.examine(written(tmp_path, encryption=NO_COPY), 0.2)
    assert (flags, restrictions) == ({"restricted", "damaged"}, ["copying"])
    assert 0.1 < time.process_time() - start < 1


def written(folder: Path, **options: object) -> Path:
    source = folder / "paper.pdf"
    source.write_bytes(saved(paper("Budget"), **options))
    return source


@pytest.mark.parametrize("failure", [ValueError, RecursionError, MemoryError])
def test_a_failure_of_pypdf_refuses_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(structure, "PdfReader", fail)
    pdf = paper("Rapport")
    with_named_script(pdf)
    (tmp_path / "paper.pdf").write_bytes(saved(pdf))
    said: list[Inspection] = []
    reader.inspect(tmp_path / "paper.pdf", tmp_path, Limits(), said.append)
    assert (said[-1].refusal, said[-1].flags) == (None, ["damaged", "javascript"])


def test_dying_meanwhile_keeps_what_pdfium_saw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(reader, "examine", die)
    said: list[Inspection] = []
    with pytest.raises(SystemExit):
        reader.inspect(written(tmp_path, encryption=NO_COPY), tmp_path, Limits(), said.append)
    (last,) = said
    assert (last.refusal, last.flags) == (None, ["restricted", "no_preview"])


def test_deep_nesting_that_pypdf_cannot_follow_is_flagged(tmp_path: Path) -> None:
    """PDFium reads its page; the search for scripts falls into a well of arrays."""
    plain = saved(paper("Rapport"), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    well = plain.replace(b"/Type /Catalog", b"/Type /Catalog /X " + b"[" * 400 + b"]" * 400)
    assert well != plain
    inspection = read_bytes(well, tmp_path)
    assert (inspection.refusal, inspection.pages) == (None, 1)
    assert "damaged" in inspection.flags
    assert read_texts(tmp_path / "out" / TEXTS) == ["Rapport"]


def test_a_mended_copy_keeps_its_restrictions(tmp_path: Path) -> None:
    """PDFium cannot open it, qpdf can: the copy that is read says what the original asked."""
    mode = pikepdf.ObjectStreamMode.disable
    content = saved(paper("Rapport"), encryption=NO_COPY, object_stream_mode=mode)
    broken = content.replace(b"/Type /Page ", b"/Type /Pagf ")
    assert broken != content
    inspection = read_bytes(broken, tmp_path)
    assert (inspection.refusal, inspection.flags) == (None, ["damaged", "restricted"])
    assert inspection.restrictions == ["copying"]
