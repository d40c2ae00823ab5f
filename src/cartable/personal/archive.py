"""A ZIP that is sent while it is made: nothing is held but the file being written."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is computed by spreadsheets (OWASP, CSV injection)."""


class _Outlet(io.RawIOBase):
    """What the ZIP is written to: cannot go back, gives what it has."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes."""
        self._held += data
        return len(data)

    def take(self) -> bytes:
        """Give what was written since."""
        taken = bytes(self._held)
        self._held.clear()
        return taken


class Archive:
    """Files one after the other; `take` gives the bytes to send so far."""

    def __init__(self) -> None:
        self._outlet = _Outlet()
        self._zip = zipfile.ZipFile(self._outlet, "w", zipfile.ZIP_DEFLATED)

    def text(self, name: str, content: str) -> bytes:
        """Add a text (UTF-8)."""
        self._zip.writestr(name, content)
        return self._outlet.take()

    def json(self, name: str, value: Any) -> bytes:
        """Add a JSON file, indented."""
        self._zip.writestr(name, msgspec.json.format(msgspec.json.encode(value), indent=2))
        return self._outlet.take()

    def csv(self, name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
        """Add a table as spreadsheets of town halls open it: semicolons, UTF-8 with a mark."""
        held = io.StringIO(newline="")
        table = csv.writer(held, delimiter=";")
        table.writerow(headings)
        table.writerows([[_cell(value) for value in row] for row in rows])
        self._zip.writestr(name, "\ufeff" + held.getvalue())
        return self._outlet.take()

    def close(self) -> bytes:
        """The end of the file: its list of contents."""
        self._zip.close()
        return self._outlet.take()


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return "'" + text if text[:1] in _FORMULA else text
