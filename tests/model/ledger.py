"""What only the checker knows: every write, what its author had on the screen, what may be lost."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import takewhile
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
    `ended`: numbers that restores took off the line. `made`: rows and their numbers, by entity.
    """

    writes: dict[str, Written] = field(default_factory=dict)
    excused: set[str] = field(default_factory=set)
    orphans: set[str] = field(default_factory=set)
    pruned: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    is_too_old: bool = False
    is_restored: bool = False
    ended: list[range] = field(default_factory=list)
    made: dict[str, list[tuple[int, dict[str, Any]]]] = field(default_factory=dict)

    def make(self, entity: str, seq: int, row: dict[str, Any]) -> None:
        """A deed made this of an entity."""
        self.made.setdefault(entity, []).append((seq, row))

    def left_behind(self, entity: str, base: int | str) -> list[dict[str, Any]]:
        """What somebody who saw row `base`, which a restore has taken away, knew to be past.

        A backup brings words back that had been taken away on purpose, by writes which the server
        will be given again. Each of these had seen them, so whoever wrote upon the last of these
        has no need to. Nothing when the server still has what was seen.
        """
        if isinstance(base, str) or not any(base in line for line in self.ended):
            return []
        others = [line for line in self.ended if line.stop <= base]
        return [
            row
            for seq, row in self.made.get(entity, ())
            if seq <= base and not any(seq in line for line in others)
        ]

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

    def restored(self, age: timedelta, ended: range, held: set[str], served: set[str]) -> None:
        """The server went back in time by `age`, to before the numbers that it `ended`."""
        self.is_restored = True
        self.ended.append(ended)
        self.is_too_old |= age > KEPT_SENT
        lost = self.orphans | (self.pruned if self.is_too_old else set())
        self.excused |= lost - held - served

    def made_by(self, mids: set[str], late: Written) -> bool:
        """Whether one of these made what `late` changes, and was written before it.

        What was refused may be tried again after it was changed: the change went first, rightly.
        """
        before = takewhile(lambda one: one.mid != late.mid, self.writes.values())
        made = (one for one in before if one.mid in mids and one.name == "put_annotation")
        return any(one.entity == late.entity for one in made)

    def owed(self) -> list[Written]:
        """What must be found at the end."""
        return [one for mid, one in self.writes.items() if mid not in self.excused]
