"""Reading states on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

Page = Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class Position(msgspec.Struct, kw_only=True):
    """Where somebody is in one version of a piece. `place` is given back as is."""

    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    page: Page
    pages: Page
    place: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class KeepReading(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`keep_reading` 1: what changed in one's reading of a piece; what is left out stays.

    The entity is UUIDv5(`READING_STATES`, "member:document").
    """

    document_id: UUID
    position: Position | UnsetType = UNSET
    is_read: bool | UnsetType = UNSET


class ReadingState(msgspec.Struct, kw_only=True):
    """How far its reader is in a piece: the latest position to arrive, the earliest opening."""

    id: UUID
    document_id: UUID
    position: Position | None
    is_read: bool
    opened_at: datetime
    modified_at: datetime
