"""Bytes of a CSV file, whatever wrote it, to rows of clean cells; and rows to a safe file.

Spreadsheets of town halls write cp1252 or UTF-8 with a BOM and semicolons; other programs UTF-8 and
commas (RFC 4180).
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cartable.members.rules import ImportEmpty, ImportTooLong, ImportUnreadable

MOST_LINES = 2000
_DELIMITERS = ";,\t"
_SPACES = re.compile(r"[\s\u00a0\u202f\ufeff]+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is computed by spreadsheets (OWASP, CSV injection)."""


@dataclass(frozen=True)
class Row:
    """One record; `line` is the first line it stands on, counted from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """What a file holds, without its empty records."""

    encoding: str
    delimiter: str
    rows: list[Row]


def read_sheet(content: bytes) -> Sheet:
    """Decode and cut a file; encoding and delimiter are found by looking.

    Raises:
        ImportUnreadable: not a text, or quotes that never close.
        ImportEmpty, ImportTooLong
    """
    text, encoding = _decode(content)
    delimiter = _delimiter(text)
    rows: list[Row] = []
    # `strict` refuses what follows a closing quote, and a quote that never closes.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        for record in reader:
            cells = tuple(clean(cell) for cell in record)
            if any(cells):
                rows.append(Row(before + 1, cells))
            before = reader.line_num
            if len(rows) > MOST_LINES + 1:
                raise ImportTooLong(most=MOST_LINES)
    except csv.Error:
        raise ImportUnreadable(line=before + 1) from None
    if not rows:
        raise ImportEmpty
    return Sheet(encoding, delimiter, rows)


def _decode(content: bytes) -> tuple[str, str]:
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text, encoding = content.decode("utf-16"), "utf-16"
        else:
            text, encoding = content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        try:
            text, encoding = content.decode("cp1252"), "cp1252"
        except UnicodeDecodeError:
            raise ImportUnreadable(line=1) from None
    # A spreadsheet's own format (xlsx, ods), a picture: no text has these.
    if "\x00" in text or text.startswith("PK\x03\x04"):
        raise ImportUnreadable(line=1)
    return text, encoding


def _delimiter(text: str) -> str:
    """The one that cuts the first lines most, outside quotes; a semicolon when none does."""
    head = re.sub(r'"[^"]*"', "", text[:20_000])
    first = next((line for line in head.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=lambda one: (first.count(one), one == ";"))


def clean(cell: str) -> str:
    """Without stray spaces, nor the apostrophe that keeps a spreadsheet from computing it."""
    plain = cell.strip()
    if plain[:1] == "'" and inert(plain[1:]) != plain[1:]:
        plain = plain[1:]
    return _SPACES.sub(" ", plain).strip()


def write_sheet(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with a BOM and semicolons, as spreadsheets open it in France; no cell is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_MINIMAL)
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return codecs.BOM_UTF8 + out.getvalue().encode()


def inert(cell: str) -> str:
    """The cell, behind an apostrophe when a spreadsheet would compute it."""
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) or cell.startswith(_FORMULA) else cell
