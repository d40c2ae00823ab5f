"""What a tablet writes, and what became of it (sync.md, section 3)."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

Outcome = Literal["applied", "merged", "forked", "parked"]
Seen = Annotated[int, msgspec.Meta(ge=0)]


class Mutation(msgspec.Struct, kw_only=True):
    """One change written on a tablet, made of the deed `name` in its `version`.

    `mid` is a UUIDv7 of the tablet's. `entity` is what it changes, or makes. `base` is the number
    (`seq`) of the entity as it was seen, 0 when it was not, or the `mid` of the tablet's own
    earlier mutation of it. `at` is the tablet's clock (ISO 8601): a claim, never believed.
    """

    mid: UUID
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    version: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    entity: UUID
    base: Seen | UUID = 0
    at: Annotated[str, msgspec.Meta(max_length=40)]
    body: Any


class MutationOutcome(msgspec.Struct, kw_only=True):
    """What became of a mutation. `entity` is where it landed: a sibling when it forked.

    `code` says why it was parked.
    """

    mid: UUID
    outcome: Outcome
    code: str | None
    entity: UUID


class ParkedMutation(msgspec.Struct, kw_only=True):
    """A mutation that could not be applied, kept for its author: to copy, try again or discard.

    `id` is its `mid`.
    """

    id: UUID
    name: str
    version: int
    entity: UUID
    code: str
    at: str
    received_at: datetime
    body: Any


class DiscardParked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`discard_parked` 1: the author no longer wants a parked mutation; `entity` is its mid."""
