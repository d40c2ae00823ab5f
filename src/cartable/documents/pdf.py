"""Read one PDF: run as `python -m cartable.documents.pdf`, always in the cage.

PDFium reads, qpdf tells what is cut or damaged and re-saves what PDFium cannot open, and pypdf
looks at the structure (`structure.py`). Nothing else that serves meets a PDF library. The file
given is never changed: everybody gets the bytes that were sent.

What counts as readable: every page must open. A page that opens but whose drawing is partly
damaged is accepted and flagged, because every reader, the tablet's included, shows the same thing
and the clerk sees the preview. A page that does not open refuses the whole file: a councillor must
never vote on a paper with a page missing. A file whose end is missing must also lack nothing that
its pages refer to: PDFium would show the lost pictures as white.
"""

import gzip
import mmap
import os
import re
import sys
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from itertools import groupby, islice
from pathlib import Path
from typing import NoReturn

import msgspec
import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as c
from PIL import WebPImagePlugin

from cartable.documents.inspection import (
    FLAGS,
    PREVIEW,
    REPAIRED,
    TEXTS,
    Inspection,
    Limits,
    OutlineEntry,
    looks_like_pdf,
    refused,
)
from cartable.documents.structure import examine

GIANT = 1_700.0
"""Points: a longer side than A2's 1,684 means a plan, not a page to read."""

_POOR = 200
"""Characters: a stamp or a header; a page of a report has 1,500 to 3,000."""

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_SOFT_HYPHEN = "\u00ad"
_CLEAN = dict.fromkeys([*range(9), 0x0B, 0x0C, *range(0x0D, 0x20), 0x7F, 0xFFFF]) | {
    # PDFium's marks of a word cut at a line's end, from its two ways of giving text.
    0x02: _SOFT_HYPHEN,
    0xFFFE: _SOFT_HYPHEN,
}

Report = Callable[[Inspection], None]


class _RefusalError(Exception):
    """This file cannot be a piece; the code says why."""

    def __init__(self, code: str) -> None:
        self.code = code


def inspect(source: Path, out: Path, limits: Limits, report: Report) -> None:
    """Read `source`, write the texts and the preview into `out`, report what was found.

    Reports whenever there is more to say: when every page is read, when the structure added to
    what PDFium saw of it, when the preview is drawn. Should one of these kill this process, the
    report before stands: a paper that people can read is a piece, thumbnail or not.
    """
    try:
        _inspect(source, out, limits, report)
    except _RefusalError as refusal:
        report(refused(refusal.code))
    except MemoryError:
        report(refused("too_heavy_to_read"))
    except Exception:  # whatever a hostile file provokes in a library is the file's fault
        report(refused("unreadable"))


def _inspect(source: Path, out: Path, limits: Limits, report: Report) -> None:
    has_end = _has_end(source)
    structure, warnings = _open_structure(source)
    flags = {"damaged"} if structure is None or "reconstruct" in warnings else set()
    if not has_end:
        flags.add("damaged")
        if structure is None or _lacks_pieces(source, structure, warnings):
            raise _RefusalError("incomplete_file")
    path = source
    try:
        try:
            reading = Reading(path, limits)
        except pdfium.PdfiumError as error:
            if error.err_code == c.FPDF_ERR_PASSWORD:
                raise _RefusalError("password_needed") from None
            if structure is None:
                raise
            flags.add("damaged")
            path = out / REPAIRED
            structure.save(path, encryption=structure.is_encrypted)
            reading = Reading(path, limits)
    except pdfium.PdfiumError:
        raise _RefusalError("unreadable" if has_end else "incomplete_file") from None
    reading.write_texts(out / TEXTS)
    flags |= reading.flags
    first = reading.summary(flags | {"no_preview"})
    report(first)
    with suppress(Exception):  # as when one of these kills the process
        powers, restrictions = examine(path, limits.cpu_seconds / 4)
        flags |= powers
        inspection = msgspec.structs.replace(
            first, flags=_ordered(flags | {"no_preview"}), restrictions=restrictions
        )
        if inspection != first:
            report(inspection)
        reading.draw_preview(out / PREVIEW)
        report(msgspec.structs.replace(inspection, flags=_ordered(flags)))


# The file as bytes and objects: qpdf.


def _has_end(source: Path) -> bool:
    """Refuse what is no PDF at all; else whether the last byte sent seems to have arrived."""
    with source.open("rb") as file:
        head = file.read(1024)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 2048))
        tail = file.read()
    if size == 0:
        raise _RefusalError("empty_file")
    if not looks_like_pdf(head):
        raise _RefusalError("not_a_pdf")
    # A linearized file has an end marker near its head too, and states its length (/L).
    linearized = re.search(rb"/Linearized\b.{0,200}?/L\s+(\d{1,12})", head, re.DOTALL)
    return b"%%EOF" in tail and not (linearized and int(linearized[1]) > size)


def _open_structure(source: Path) -> tuple[pikepdf.Pdf | None, str]:
    """The file as qpdf understands it, if it does, and what it complained of while opening."""
    try:
        pdf = pikepdf.open(source, suppress_warnings=True)
        return pdf, "\n".join(map(str, pdf.get_warnings()))  # asking empties the list
    except pikepdf.PasswordError:
        raise _RefusalError("password_needed") from None
    except pikepdf.PdfError:
        return None, ""


def _lacks_pieces(source: Path, pdf: pikepdf.Pdf, warnings: str) -> bool:
    """Whether a file without its end lost more than the tables that stand there.

    qpdf gives null for an object that never arrived, and warns of one that is cut short. Objects
    after an end marker belong to a later revision (or are all but the first page of a linearized
    file): without its table nobody knows whether it is whole.
    """
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        last_end = content.rfind(b"%%EOF")
        later = last_end >= 0 and content.find(b" obj", last_end) >= 0
    lacks = later or any(thing is None for thing in pdf.objects)
    return lacks or "(object " in warnings + "".join(map(str, pdf.get_warnings()))


# The file as pages: PDFium.


class Reading:
    """Every page opened, measured and read. Raises `PdfiumError` when one does not open."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._document = pdfium.PdfDocument(path)
        self.flags = self._features()
        self.texts: list[str] = []
        self.sizes: list[tuple[float, float]] = []
        self.poor_pages = 0
        pages = len(self._document)
        if pages > limits.pages:
            raise _RefusalError("too_many_pages")
        if pages == 0:
            raise _RefusalError("unreadable")
        left = limits.characters
        for number in range(pages):
            text = self._read_page(number)
            kept = text[: min(left, limits.page_characters)]
            if len(kept) < len(text):
                self.flags.add("text_cut")
            left -= len(kept)
            self.texts.append(kept)
        if self.poor_pages * 2 >= pages:
            self.flags.add("little_text")

    def _features(self) -> set[str]:
        """What PDFium counts of the structure: it stands where pypdf fails."""
        document = self._document
        flags = set()
        if c.FPDF_GetSecurityHandlerRevision(document) >= 0:
            flags.add("restricted")
        if c.FPDFDoc_GetAttachmentCount(document) > 0:
            flags.add("embedded_files")
        if c.FPDFDoc_GetJavaScriptActionCount(document) > 0:
            flags.add("javascript")
        for index in range(min(c.FPDF_GetSignatureCount(document), 100)):
            signature = c.FPDF_GetSignatureObject(document, index)
            if c.FPDFSignatureObj_GetByteRange(signature, None, 0) > 0:
                flags.add("signed")
        return flags

    def _read_page(self, number: int) -> str:
        page = self._document[number]
        width, height = page.get_size()
        self.sizes.append((round(width, 2), round(height, 2)))
        if max(width, height) > GIANT:
            self.flags.add("giant_page")
        if page.get_rotation():
            self.flags.add("rotated")
        textpage = page.get_textpage()
        text = _clean(_page_text(page, textpage))
        if len("".join(text.split())) < _POOR and _is_picture(page, bool(text.strip())):
            self.poor_pages += 1
        textpage.close()
        page.close()
        return text

    def _outline(self) -> list[OutlineEntry]:
        """The headings that lead to a page of this document, in order."""
        entries = []
        for bookmark in islice(self._document.get_toc(max_depth=8), self._limits.outline_entries):
            target = bookmark.get_dest()
            page = target.get_index() if target else None
            title = " ".join(_clean(bookmark.get_title()).split())[:200]
            if title and page is not None and 0 <= page < len(self.sizes):
                entries.append(OutlineEntry(title=title, page=page, level=bookmark.level))
        return entries

    def summary(self, flags: set[str]) -> Inspection:
        """What was found, without the texts."""
        return Inspection(
            flags=_ordered(flags),
            pages=len(self.sizes),
            sizes=self.sizes,
            outline=self._outline(),
            has_text=any(not text.isspace() for text in self.texts if text),
            pages_without_text=self.poor_pages,
            title=_clean(self._document.get_metadata_value("Title")).strip()[:200],
        )

    def write_texts(self, path: Path) -> None:
        """One string per page, as gzip JSON; the same text gives the same bytes."""
        path.write_bytes(gzip.compress(msgspec.json.encode(self.texts), 6, mtime=0))

    def draw_preview(self, path: Path) -> None:
        """The first page as WebP, whatever its size in points."""
        page = self._document[0]
        width, height = page.get_size()
        limits = self._limits  # PDFium rounds up: a hair less keeps the pixel count
        scale = min((limits.preview_width - 0.01) / width, (limits.preview_height - 0.01) / height)
        image = page.render(scale=scale).to_pil().convert("RGB")
        image.save(path, WebPImagePlugin.WebPImageFile.format, quality=80)


def _page_text(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage) -> str:
    """Text in reading order; what lies outside the CropBox (printer's marks) is left out.

    PDFium's bounded extraction loses the line ends of rotated pages, so it serves cropped,
    upright pages only.
    """
    text: str
    if page.get_cropbox() != page.get_mediabox() and not page.get_rotation():
        text = textpage.get_text_bounded()
    else:
        text = textpage.get_text_range()
    return _right_to_left_text(textpage) if _RIGHT_TO_LEFT.search(text) else text


def _right_to_left_text(textpage: pdfium.PdfTextPage) -> str:
    """Put the letters of one glyph back in order.

    PDFium turns each right-to-left run round, which is right for one letter a glyph and wrong when
    a glyph stands for several; and it gives the glyph's number where a file says "no letter".
    """
    letters = []
    for index in range(textpage.count_chars()):
        letter = chr(c.FPDFText_GetUnicode(textpage, index))
        is_number = c.FPDFText_HasUnicodeMapError(textpage, index) == 1
        if not is_number and unicodedata.category(letter) != "Sk":
            letters.append((textpage.get_charbox(index), letter))
    words = []
    for _, group in groupby(letters, key=lambda placed: placed[0]):
        glyph = "".join(letter for _, letter in group)
        core = glyph.strip()
        if len(core) > 1 and _RIGHT_TO_LEFT.search(core):
            glyph = glyph.replace(core, core[::-1])
        words.append(glyph)
    return "".join(words)


def _is_picture(page: pdfium.PdfPage, has_text: bool) -> bool:
    """Whether a page with next to no text shows something else: a scan, or drawn letters."""
    width, height = page.get_size()
    covered = 0.0
    for thing in islice(page.get_objects(max_depth=3), 1_000):
        if not has_text:
            return True
        if thing.type == c.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = thing.get_bounds()
            covered += (right - left) * (top - bottom)
    return bool(covered * 2 >= width * height)


def _clean(text: str) -> str:
    """Without what databases and JSON refuse (NUL, lone surrogates) and other controls."""
    return text.translate(_CLEAN).encode("utf-8", "ignore").decode()


def _ordered(flags: set[str]) -> list[str]:
    return [flag for flag in FLAGS if flag in flags]


def main(arguments: list[str]) -> NoReturn:
    """`SOURCE OUT LIMITS` (JSON): one line of JSON per report on standard output."""

    def report(inspection: Inspection) -> None:
        os.write(1, msgspec.json.encode(inspection) + b"\n")

    source, out, limits = arguments
    inspect(Path(source), Path(out), msgspec.json.decode(limits, type=Limits), report)
    os._exit(0)  # no destructor of a library may turn an answer into a crash


if __name__ == "__main__":
    main(sys.argv[1:])
