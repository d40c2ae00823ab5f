"""The journal on the wire."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

Family = Literal["sittings", "documents", "members", "settings", "journal", "hosting"]
Reason = Literal["missing", "moved", "changed", "payload", "rebuilt", "cut", "forged"]


class JournalLine(msgspec.Struct, kw_only=True):
    """One deed. `who`: name of the member, empty when it is the host's deed or the night's.

    `details`: the values that the event bears; `names`: of the members whose ids stand in them or
    in `subject_id`. `is_erased`: what it said of somebody was erased.
    """

    position: int
    at: datetime
    event: str
    who: str
    subject_id: UUID | None
    details: dict[str, Any]
    names: dict[str, str]
    is_erased: bool


class JournalPage(msgspec.Struct, kw_only=True):
    """Lines, newest first. `pages` is at least 1; `total`: lines that the filter keeps."""

    lines: list[JournalLine]
    page: int
    pages: int
    total: int


class JournalBreak(msgspec.Struct, kw_only=True):
    """The first line that is not what was written, and why."""

    position: int
    reason: Reason


class JournalGap(msgspec.Struct, kw_only=True):
    """Lines lost with a database that was put back from a backup, as was said then."""

    first: int
    last: int
    at: datetime


class JournalVerdict(msgspec.Struct, kw_only=True):
    """What a verification found. `signed_to`: last line that a signed checkpoint confirms."""

    verified_at: datetime
    lines: int
    erased: int
    broken: JournalBreak | None
    signed_to: int
    signed_at: datetime | None
    gaps: list[JournalGap]


class JournalExport(msgspec.Struct, kw_only=True):
    """An export that was asked for: its number, with which it is fetched for a few minutes."""

    position: int


class ActivityLine(msgspec.Struct, kw_only=True):
    """One deed on one's own account or devices."""

    at: datetime
    event: str
    device: str
    details: dict[str, Any]


class Activity(msgspec.Struct, kw_only=True):
    """One page of them, newest first."""

    lines: list[ActivityLine]
    page: int
    pages: int
