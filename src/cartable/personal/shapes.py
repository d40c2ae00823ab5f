"""Personal data on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

Accessibility = Literal["not_audited", "none", "partial", "full"]
Line = Annotated[str, msgspec.Meta(max_length=200)]
Words = Annotated[str, msgspec.Meta(max_length=4000)]


class ErasureState(msgspec.Struct, kw_only=True):
    """A request that waits: until `due_at` it can be cancelled."""

    asked_at: datetime
    due_at: datetime


class NotesEnding(msgspec.Struct, kw_only=True):
    """Private notes of one authority that will be purged on `purged_on`, or were."""

    authority_name: str
    ended_on: date
    purged_on: date
    is_purged: bool


class PersonalData(msgspec.Struct, kw_only=True):
    """What is under way about one's own data.

    `last_administrator`: the account cannot be erased until somebody else administers.
    """

    erasure: ErasureState | None
    last_administrator: bool
    grace_days: int
    endings: list[NotesEnding]


class CancelErasure(msgspec.Struct, kw_only=True):
    """What the link of the message carries."""

    secret: Annotated[str, msgspec.Meta(min_length=20, max_length=100)]


class Erasure(msgspec.Struct, kw_only=True):
    """One line of the register of requests that concern an authority's members.

    `is_own`: the person asked it themselves; else the authority entered it. Without
    `cancelled_at` and `done_at` it waits for `due_at`.
    """

    id: UUID
    member_id: UUID
    name: str
    is_own: bool
    asked_at: datetime
    due_at: datetime
    cancelled_at: datetime | None
    done_at: datetime | None


class RegisterEntry(msgspec.Struct, kw_only=True):
    """One kind of personal data of a processing: where, whose, how long."""

    category: str
    people: str
    columns: list[str]
    retention: str
    is_sensitive: bool
    is_sealed: bool


class RegisterActivity(msgspec.Struct, kw_only=True):
    """One processing (GDPR article 30)."""

    title: str
    purpose: str
    legal_basis: str
    recipients: str
    entries: list[RegisterEntry]


class Register(msgspec.Struct, kw_only=True):
    """The register of processing of one authority, made from the tables of the product."""

    authority_name: str
    dpo: str
    security: list[str]
    activities: list[RegisterActivity]


class LegalNoticeEdit(msgspec.Struct, kw_only=True):
    """What an authority publishes of itself; empty: not said yet."""

    publisher: Line
    director: Line
    host: Words
    dpo: Words
    contact: Words
    accessibility: Accessibility
    accessibility_contact: Words
    accessibility_gaps: Words


class LegalNotice(LegalNoticeEdit, kw_only=True):
    """The same, as anybody reads it."""

    authority_id: UUID
    authority_name: str
    updated_at: datetime
