"""A tablet reduced to what the contract of a pull asks of it (sync.md, sections 2 and 4)."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from cartable.actor import Person
from cartable.errors import NotFound
from cartable.members.access import actor_in
from cartable.runtime import Runtime
from cartable.sync import actions
from cartable.sync.shapes import Pulled, PullRequest

View = dict[tuple[str, UUID], Any]


async def ask(
    runtime: Runtime, person: Person, authority_id: UUID, cursor: str | None, limit: int, now: Any
) -> Pulled:
    """One pull, in a snapshot of its own."""
    async with runtime.reading() as db:
        actor = await actor_in(db, person, authority_id)
        request = PullRequest(cursor=cursor, limit=limit)
        return await actions.pull_changes(db, actor, runtime.master_key, request, now)


@dataclass
class Tablet:
    """Rows brought by pulls, each with the number of the scan that brought it.

    `sweeps` and `checks_cursor` are rules of the contract that a planted defect removes.
    """

    limit: int
    name: str = ""
    sleepiness: float = 0.0
    sweeps: bool = True
    checks_cursor: bool = True
    cursor: str | None = None
    scan: int = 0
    is_scanned: bool = False
    rows: dict[tuple[str, UUID], tuple[int, Any]] = field(default_factory=dict)
    late: list[Pulled] = field(default_factory=list)

    def apply(self, answer: Pulled) -> None:
        """What one local transaction does with an answer."""
        if self.checks_cursor and answer.cursor_in != self.cursor:
            return
        if answer.reset:
            self.scan += 1
        numbers = [row.seq for row in answer.rows]
        assert numbers == sorted(numbers), "rows out of order"
        for row in answer.rows:
            key = (row.kind, row.id)
            if row.deleted is True:
                assert row.value is msgspec.UNSET, "a tombstone that tells a value"
                self.rows.pop(key, None)
            else:
                self.rows[key] = (self.scan, msgspec.json.decode(row.value))
        self.cursor = answer.cursor
        self.is_scanned = not answer.more
        if not answer.more and self.sweeps:
            self.rows = {k: kept for k, kept in self.rows.items() if kept[0] == self.scan}

    @property
    def view(self) -> View:
        """What the person sees."""
        return {key: value for key, (_, value) in self.rows.items()}

    async def pull(self, runtime: Runtime, person: Person, authority_id: UUID, now: Any) -> bool:
        """One page; whether more are waiting."""
        try:
            answer = await ask(runtime, person, authority_id, self.cursor, self.limit, now)
        except NotFound:
            return False
        self.apply(answer)
        self.late = [*self.late[-2:], answer]
        return answer.more

    async def catch_up(
        self, runtime: Runtime, person: Person, authority_id: UUID, now: Any
    ) -> None:
        """Pages until nothing is left."""
        for _ in range(3000):
            if not await self.pull(runtime, person, authority_id, now):
                return
        raise AssertionError("a pull that never ends")
