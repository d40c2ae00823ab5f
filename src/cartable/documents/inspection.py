"""What a reading of a PDF can say: the words shared by the confined child and the server.

Standard library and msgspec only: the child imports this, and so does the upload door.
"""

import math
from typing import Annotated

import msgspec

TEXTS = "texts.json.gz"
PREVIEW = "preview.webp"
REPAIRED = "repaired.pdf"

REFUSALS = (
    "empty_file",
    "not_a_pdf",
    "password_needed",
    "incomplete_file",
    "unreadable",
    "too_many_pages",
    "too_heavy_to_read",
    "reading_failed",
)

FLAGS = (
    "little_text",
    "damaged",
    "restricted",
    "javascript",
    "embedded_files",
    "form",
    "dynamic_form",
    "signed",
    "giant_page",
    "rotated",
    "text_cut",
    "no_preview",
)

RESTRICTIONS = (
    "printing",
    "fine_printing",
    "copying",
    "reading_aloud",
    "changing",
    "annotating",
    "filling_forms",
    "assembling",
)

_HEAD = 1024

Text = Annotated[str, msgspec.Meta(max_length=200)]


class Limits(msgspec.Struct, frozen=True):
    """How much one reading may take, in bytes, seconds, pages, characters and pixels.

    192 MiB of address space read every sound file of the corpus; qpdf maps the file in addition,
    so 1 GiB leaves room for scans of several hundred megabytes, and ends a bomb within 2 s.
    5,000 pages at 2 ms are half of the processor time. `file_bytes` bounds every file the child
    writes, so it exceeds the largest upload: a repaired copy is about as large as its original.
    `line_bytes` hold three reports of the longest outline and the most pages.
    """

    memory_bytes: int = 1 << 30
    cpu_seconds: int = 20
    wall_seconds: float = 60.0
    file_bytes: int = 512 << 20
    open_files: int = 32
    line_bytes: int = 6 << 20
    pages: int = 5_000
    outline_entries: int = 2_000
    page_characters: int = 200_000
    characters: int = 20_000_000
    preview_width: int = 480
    preview_height: int = 960


class OutlineEntry(msgspec.Struct):
    """One heading of the document's own table of contents; page and level count from 0."""

    title: Text
    page: int
    level: int


class Inspection(msgspec.Struct):
    """What a reading found. `refusal` is None for an accepted file, else one of `REFUSALS`.

    `sizes` are points, width then height of each page as displayed: its CropBox after /Rotate.
    `restrictions` are recorded from the file and never stripped from it.
    `pages_without_text` counts pages that show something but give (almost) nothing to search.
    """

    refusal: str | None = None
    flags: list[str] = []
    pages: int = 0
    sizes: list[tuple[float, float]] = []
    outline: list[OutlineEntry] = []
    restrictions: list[str] = []
    has_text: bool = False
    pages_without_text: int = 0
    title: Text = ""


def refused(code: str) -> Inspection:
    """An inspection that says only why the file cannot be a piece."""
    return Inspection(refusal=code)


def looks_like_pdf(head: bytes) -> bool:
    """Whether the magic number stands in the first 1,024 bytes, where readers look for it."""
    return b"%PDF-" in head[:_HEAD]


def is_coherent(inspection: Inspection, limits: Limits) -> bool:
    """Whether a child that may have been subverted said something that can be true."""
    if inspection.refusal is not None:
        return inspection.refusal in REFUSALS
    pages = inspection.pages
    return (
        0 < pages <= limits.pages
        and len(inspection.sizes) == pages
        and all(math.isfinite(side) and side > 0 for size in inspection.sizes for side in size)
        and len(set(inspection.flags)) == len(inspection.flags)
        and set(inspection.flags) <= set(FLAGS)
        and set(inspection.restrictions) <= set(RESTRICTIONS)
        and len(inspection.outline) <= limits.outline_entries
        and all(0 <= entry.page < pages and entry.level >= 0 for entry in inspection.outline)
        and 0 <= inspection.pages_without_text <= pages
    )
