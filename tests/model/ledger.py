"""What only the checker knows: every write, what its author had on the screen, what may be lost."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

KEPT_SENT = timedelta(days=35)
"""How long a tablet keeps what was acknowledged: a backup older than this is beyond the promise."""


class Violation(AssertionError):
    """A rule of sync.md does not hold."""


@dataclass
class Written:
    """One durable write. `seen` is what its author had on the screen of that entity, or None."""

    mid: str
    tablet: str
    member: str
    name: str
    entity: str
    base: int | str
    body: dict[str, Any]
    at: str
    seen: dict[str, Any] | None = None


@dataclass
class Ledger:
    """Every write of a history, and the losses that no rule can prevent (sync.md, section 4).

    `excused`: no copy is left anywhere. `orphans`: only the server has it, so that a restore from
    before it loses it. `pruned`: acknowledged more than 35 days ago and forgotten by its tablet.
    """

    writes: dict[str, Written] = field(default_factory=dict)
    excused: set[str] = field(default_factory=set)
    orphans: set[str] = field(default_factory=set)
    pruned: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    is_too_old: bool = False
    is_restored: bool = False

    def forget(self, lost: Iterable[str], held: set[str], served: set[str]) -> None:
        """A tablet lost its memory of some writes; `held` are on others, `served` on the server."""
        for mid in lost:
            if mid not in held:
                (self.orphans if mid in served else self.excused).add(mid)

    def prune(self, mids: set[str], served: set[str]) -> None:
        """A tablet let go of what was acknowledged long ago."""
        self.pruned |= mids
        if self.is_too_old:
            self.excused |= mids - served

    def restored(self, age: timedelta, held: set[str], served: set[str]) -> None:
        """The server went back in time by `age`."""
        self.is_restored = True
        self.is_too_old |= age > KEPT_SENT
        lost = self.orphans | (self.pruned if self.is_too_old else set())
        self.excused |= lost - held - served

    def owed(self) -> list[Written]:
        """What must be found at the end."""
        return [one for mid, one in self.writes.items() if mid not in self.excused]
