"""Chains of mutations and what was written meanwhile: pure decisions of the push.

A tablet that writes twice on the same row without a pull in between makes a chain: the second has
the first as its base. Concurrent is what is newer than the number seen at the chain's root, and not
of the chain (sync.md, section 5).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from cartable.errors import Conflict, Invalid
from cartable.mutations.shapes import Mutation, Outcome

KEPT_DELETED = timedelta(days=30)
"""What its author deleted or discarded is erased for good after that (sync.md, section 5)."""


KEPT_TOMBSTONES = timedelta(days=730)
"""What is left of a deleted row, so that tablets hear of it (sync.md, section 1)."""

AT_ONCE = 500
"""Rows of a deed."""


class EpochChanged(Conflict):
    """The number line is another one since a restore: pull first, then push again."""


class NoLongerReadable(Conflict):
    """What it was written about is not, or no longer, open to its author."""


class UnknownEntity(Conflict):
    """What it changes is not there, or was erased for good."""


class AlreadyThere(Conflict):
    """What it makes was made already."""


class InvalidEntity(Invalid):
    """Its entity is not the one that this deed writes."""


class UnknownDeed(Invalid):
    """No deed of that name and version."""


class InvalidBody(Invalid):
    """Its body is not what the deed takes."""


class DeedFailed(Conflict):
    """A fault of the server's: kept, so that it can be tried again once mended."""


class Past(NamedTuple):
    """An earlier mutation of the same member. `base`: a number, or the mid before it."""

    mid: UUID
    name: str
    entity: UUID
    landed: UUID
    base: int | UUID
    seq: int
    ordinal: int
    outcome: Outcome
    code: str | None


class Arrival(NamedTuple):
    """One push: its number, the server's clock, the name of the device it came from."""

    seq: int
    now: datetime
    device_name: str


class Seen(NamedTuple):
    """What the author had in front of them: the body of a mutation, and what was kept of it when
    that was something else (encoded by the deed that kept it)."""

    body: Any
    result: bytes | None


class Landed(NamedTuple):
    """What became of a mutation. `result`: what was kept, when it is not what was sent."""

    entity: UUID
    outcome: Outcome = "applied"
    result: bytes | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a deed is given.

    `entity`: where it lands, forks followed. `seq`: its number. `at`: the tablet's claim. `now`:
    the server's clock. `is_concurrent`: somebody else of the same member wrote meanwhile; `seen` is
    then what the author had in front of them, None when that is lost. `is_first`: no mutation of
    theirs ever named the entity, so that no row has it. `asked`: what deeds of the same push asked
    before and nothing in a push can change, each under a key of its own.
    """

    mid: UUID
    entity: UUID
    seq: int
    at: datetime
    now: datetime
    device_name: str
    is_concurrent: bool = False
    seen: Seen | None = None
    is_first: bool = False
    asked: dict[Any, bool] = field(default_factory=dict)


def landing(entity: UUID, base: int | UUID, past: Mapping[UUID, Past]) -> UUID:
    """Where a mutation lands: with the one it was written upon, so that a fork does not breed."""
    for earlier in _ancestors(entity, base, past):
        if earlier.outcome != "parked":
            return earlier.landed
    return entity


def chain_of(
    entity: UUID, base: int | UUID, past: Mapping[UUID, Past]
) -> tuple[int, dict[UUID, Past]]:
    """The number seen at the chain's root, and the chain, the nearest first.

    A base that is not in the log has seen nothing: 0.
    """
    chain = {earlier.mid: earlier for earlier in _ancestors(entity, base, past)}
    last = [*chain.values()][-1].base if chain else base
    return (0 if isinstance(last, UUID) else last), chain


def _ancestors(entity: UUID, base: int | UUID, past: Mapping[UUID, Past]) -> list[Past]:
    found: list[Past] = []
    met: set[UUID] = set()
    while isinstance(base, UUID) and base not in met:
        met.add(base)
        earlier = past.get(base)
        if earlier is None or earlier.entity != entity:
            break
        found.append(earlier)
        base = earlier.base
    return found


def is_concurrent(
    landed: UUID,
    root: int,
    chain: Collection[UUID],
    past: Mapping[UUID, Past],
    names: Collection[str],
) -> bool:
    """Whether a deed among `names` changed the row after `root` outside the chain."""
    return any(one.seq > root and one.mid not in chain for one in _written(landed, past, names))


def seen_at(
    landed: UUID,
    root: int,
    chain: Mapping[UUID, Past],
    past: Mapping[UUID, Past],
    names: Collection[str],
) -> tuple[UUID | None, bool]:
    """The mid whose value the author had in front of them, and whether it is their own chain's.

    Of one's own chain the tablet shows what was written; of others, what was kept of it.
    """
    for earlier in chain.values():
        if earlier.name in names and earlier.outcome != "parked":
            return earlier.mid, True
    before = [one for one in _written(landed, past, names) if one.seq <= root]
    last = max(before, key=lambda one: (one.seq, one.ordinal), default=None)
    return (last.mid if last else None), False


def _written(landed: UUID, past: Mapping[UUID, Past], names: Collection[str]) -> list[Past]:
    return [
        one
        for one in past.values()
        if one.landed == landed and one.outcome != "parked" and one.name in names
    ]


def claimed(mutation: Mutation, now: datetime) -> datetime:
    """The tablet's clock as it claims it; `now` when it claims nothing that can be read."""
    try:
        at = datetime.fromisoformat(mutation.at)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return now
