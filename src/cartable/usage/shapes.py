"""Counts on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

MeasureName = Literal[
    "members_active", "members_invited", "members_entered", "members_seen", "devices",
    "sittings_draft", "sittings_convened", "documents", "versions", "megabytes",
]  # fmt: skip


class Measure(msgspec.Struct, kw_only=True):
    """One count; null when the group it is about is too small to be told."""

    measure: MeasureName
    count: int | None


class SittingAnswers(msgspec.Struct, kw_only=True):
    """How many of those called to a sitting answered, whatever they answered."""

    sitting_id: UUID
    assembly: str
    starts_at: datetime
    called: int
    answered: int | None


class Usage(msgspec.Struct, kw_only=True):
    """Every count of an authority; `smallest_group` is the rule under which some are null."""

    measures: list[Measure]
    sittings: list[SittingAnswers]
    smallest_group: int
    time_zone: str
