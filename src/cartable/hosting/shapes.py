"""The host on the wire: counts and states, never a name, a title or a note of an authority."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from cartable.authorities.shapes import AuthorityKind, OneLine
from cartable.members.shapes import Name


class HostedAuthority(msgspec.Struct, kw_only=True):
    """An authority as its host sees it. Sizes in bytes, quotas in megabytes (10^6 bytes)."""

    id: UUID
    name: str
    kind: AuthorityKind
    created_at: datetime
    suspended_at: datetime | None
    suspension_reason: str
    members: int
    members_allowed: int | None
    bytes_stored: int
    megabytes_allowed: int | None


class SupportView(msgspec.Struct, kw_only=True):
    """What helps somebody who calls: counts and states of one authority.

    `pieces_refused`: files that could not be read; `last_deed_at`: last line of its journal.
    """

    authority: HostedAuthority
    administrators: int
    members_invited: int
    members_never_seen: int
    devices: int
    sittings_draft: int
    sittings_called: int
    pieces: int
    pieces_checking: int
    pieces_refused: int
    journal_lines: int
    last_deed_at: datetime | None


class NewAuthority(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An authority to open, and who administers it first: an invitation leaves at once."""

    name: OneLine
    kind: AuthorityKind = "commune"
    siren: str | None = None
    first_name: Name
    last_name: Name
    email: str


class Suspension(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Why, in words that whoever prepares and administers there is shown."""

    reason: str = ""


class Quota(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What an authority may hold; empty: no limit."""

    megabytes: int | None = None
    members: int | None = None


State = Literal["ok", "attention", "failed"]


class HealthPart(msgspec.Struct, kw_only=True):
    """One part of the host. `value`: a count, or bytes, whose meaning `name` gives."""

    name: Literal["database", "storage", "worker", "mail", "jobs", "disk", "backup"]
    state: State
    value: int | None = None
    at: datetime | None = None


class Health(msgspec.Struct, kw_only=True):
    """The parts, worst first, and what runs."""

    parts: list[HealthPart]
    version: str
    schema: str
    database: Literal["sqlite", "postgresql"]
