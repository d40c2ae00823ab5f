"""Imports of people from a file, on the wire."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from cartable.members.shapes.assemblies import NewAssembly
from cartable.members.shapes.words import Name


class ImportFile(msgspec.Struct, kw_only=True):
    """A CSV file (base64 on the wire). `starts_on`: of the seats the file gives no first day.

    `leaves_out`: assemblies and groups of the file that do not exist and shall not be created.
    """

    content: Annotated[bytes, msgspec.Meta(max_length=1_000_000)]
    starts_on: date | None = None
    leaves_out: Annotated[list[Name], msgspec.Meta(max_length=200)] = []


class ImportFault(msgspec.Struct, kw_only=True):
    """What is wrong in a cell: `line` and `column` count from 1, as a spreadsheet shows them.

    `column` is 0 when the file lacks it; `other_line` is the line that says something else.
    """

    line: int
    column: int
    field: str
    code: str
    value: str
    other_line: int


class ImportChange(msgspec.Struct, kw_only=True):
    """One thing an import does: `field` goes from `before` to `after`, words of the file."""

    field: str
    before: str
    after: str


ImportVerdict = Literal["new", "changed", "same"]


class ImportLine(msgspec.Struct, kw_only=True):
    """What an import does for one person. `notes`: what it leaves alone, and why (codes).

    `fingerprint` stands for all of it: an import is refused when it would do anything else.
    """

    line: int
    email: str
    first_name: str
    last_name: str
    verdict: ImportVerdict
    changes: list[ImportChange]
    notes: list[str]
    fingerprint: str


class ImportPreview(msgspec.Struct, kw_only=True):
    """What an import would do; nothing was written.

    `new_assemblies` and `new_groups` are named in the file and do not exist here.
    `people_at_once`: how many who are new or change are taken all together or not at all.
    """

    format: Literal["own", "reference"]
    encoding: str
    delimiter: str
    lines: int
    people_at_once: int
    people: list[ImportLine]
    errors: list[ImportFault]
    new_assemblies: list[str]
    new_groups: list[str]


class Import(ImportFile, kw_only=True):
    """The file that was previewed, what to create with it, and what the preview said it does.

    An assembly or a group of the file that is not created here is left out of it. `invites`: new
    members are sent their invitation at once.
    """

    invites: bool = True
    assemblies: Annotated[list[NewAssembly], msgspec.Meta(max_length=100)] = []
    groups: Annotated[list[Name], msgspec.Meta(max_length=100)] = []
    previewed: Annotated[list[str], msgspec.Meta(max_length=2000)]


class Imported(msgspec.Struct, kw_only=True):
    """What an import did."""

    added: int
    changed: int
    same: int
    new_members: list[UUID]
