"""What a pull asks and answers (sync.md, section 2)."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from cartable.mutations.shapes import Mutation, MutationOutcome

RowKind = Literal[
    "authority",
    "assembly",
    "member",
    "contact",
    "sitting",
    "agenda_item",
    "document",
    "document_version",
    "annotation",
    "vote_intention",
    "reading_state",
    "attendance_answer",
    "parked_mutation",
]


class PullRequest(msgspec.Struct, kw_only=True):
    """`cursor` is what the last answer gave, or null; `holding` the mids of the outbox.

    `version` is that of the wire the tablet speaks: one too old is told to update.
    """

    version: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 1
    cursor: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 500
    holding: Annotated[list[UUID], msgspec.Meta(max_length=5000)] = []


class Row(msgspec.Struct, kw_only=True):
    """One entity of the view. A tombstone has `deleted` and no value."""

    kind: RowKind
    id: UUID
    seq: int
    deleted: bool | UnsetType = UNSET
    value: Any = UNSET


class Pulled(msgspec.Struct, kw_only=True):
    """One page of a scan. `cursor_in` repeats the request; `held` only on the last page."""

    cursor_in: str | None
    cursor: str
    epoch: UUID
    reset: bool
    rows: list[Row]
    more: bool
    held: list[UUID]
    now: datetime


class Head(msgspec.Struct, kw_only=True):
    """The authority's number line, for a cheap poll."""

    epoch: UUID
    seq: int


class PushRequest(msgspec.Struct, kw_only=True):
    """What a tablet wrote, in the order it was written, for the number line of `epoch`."""

    epoch: UUID
    mutations: Annotated[list[Mutation], msgspec.Meta(max_length=50)]


class Pushed(msgspec.Struct, kw_only=True):
    """What became of each. It only stops the timer: a pull acknowledges (sync.md, section 3)."""

    outcomes: list[MutationOutcome]


class HintEvent(msgspec.Struct, kw_only=True):
    """The `data` of one event: something may have changed in an authority, up to this number."""

    authority: UUID
    seq: int
