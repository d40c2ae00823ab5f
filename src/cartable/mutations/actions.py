"""Writing the log of mutations, and discarding what was parked."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from cartable.actor import Actor
from cartable.mutations.access import Written, open_body, open_result, seal_body, seal_result
from cartable.mutations.rules import KEPT_DELETED, Arrival, Change, Landed, Past, UnknownEntity
from cartable.mutations.shapes import DiscardParked, Mutation, MutationOutcome
from cartable.mutations.tables import Mutation as Row
from cartable.sealing import Key


class Log:
    """The log of one member during one push: what it has, and what this push adds to it.

    The caller holds the authority's lock. Nothing is written before `write`.
    """

    def __init__(self, db: AsyncSession, actor: Actor, key: Key, arrival: Arrival) -> None:
        self._db, self._actor, self._key, self._arrival = db, actor, key, arrival
        self._past: dict[UUID, Past] = {}
        self._read: set[UUID] = set()
        self._named: set[UUID] = set()
        self._added: dict[UUID, tuple[Written, bytes | None]] = {}
        self._rows: list[dict[str, Any]] = []

    async def past_of(self, entity: UUID) -> dict[UUID, Past]:
        """Every mutation known so far, among them all that named this entity or landed there."""
        await self.read([entity])
        return self._past

    async def read(self, entities: Collection[UUID]) -> None:
        """Read at once what `past_of` and `is_new` will be asked of."""
        unread = [entity for entity in dict.fromkeys(entities) if entity not in self._read]
        if not unread:
            return
        self._read.update(unread)
        r = Row
        columns = (r.id, r.name, r.entity, r.landed, r.base_mid, r.base_seq, r.seq, r.ordinal)
        rows = await self._db.execute(
            select(*columns, r.outcome, r.code).where(
                r.member_id == self._actor.member_id,
                or_(r.entity.in_(unread), r.landed.in_(unread)),
            )
        )
        for mid, name, named, landed, base_mid, base_seq, *rest in rows:
            base = base_seq if base_mid is None else base_mid
            self._past.setdefault(mid, Past(mid, name, named, landed, base, *rest))
            self._named.update((named, landed))

    def is_new(self, entity: UUID) -> bool:
        """Whether an entity that was read was never named, nor landed upon."""
        return entity in self._read and entity not in self._named

    def outcome(self, mid: UUID) -> MutationOutcome | None:
        """What became of one that this push has already brought."""
        if mid not in self._added:
            return None
        one = self._past[mid]
        return MutationOutcome(mid=mid, outcome=one.outcome, code=one.code, entity=one.landed)

    async def open(self, mid: UUID) -> tuple[Written, bytes | None] | None:
        """What was sent, and what was kept when it differs; None once erased."""
        if mid in self._added:
            return self._added[mid]
        found = (
            await self._db.execute(
                select(Row.body, Row.result).where(
                    Row.member_id == self._actor.member_id, Row.id == mid
                )
            )
        ).one()
        if found.body is None:
            return None
        return open_body(self._key, mid, found.body), open_result(self._key, mid, found.result)

    def add(
        self, mutation: Mutation, name: str, landed: Landed, code: str | None = None
    ) -> MutationOutcome:
        """Note what became of a mutation; `name` is that of the deed that took it, if any."""
        m, arrival = mutation, self._arrival
        written = Written(m.name, m.version, m.at, msgspec.Raw(msgspec.json.encode(m.body)))
        base_mid = m.base if isinstance(m.base, UUID) else None
        # A number nobody has given yet was seen on a line that is gone.
        base_seq = 0 if isinstance(m.base, UUID) else min(m.base, arrival.seq)
        past = Past(
            m.mid, name, m.entity, landed.entity, base_seq if base_mid is None else base_mid,
            arrival.seq, len(self._rows), landed.outcome, code,
        )  # fmt: skip
        self._past[m.mid] = past
        self._named.update((m.entity, landed.entity))
        self._added[m.mid] = (written, landed.result)
        self._rows.append(
            {
                "id": m.mid,
                "seq": past.seq,
                "ordinal": past.ordinal,
                "authority_id": self._actor.authority_id,
                "member_id": self._actor.member_id,
                "device_id": self._actor.device_id,
                "name": name,
                "entity": m.entity,
                "landed": landed.entity,
                "base_seq": base_seq,
                "base_mid": base_mid,
                "outcome": landed.outcome,
                "code": code,
                "received_at": arrival.now,
                "body": seal_body(self._key, m.mid, written),
                "result": seal_result(self._key, m.mid, landed.result),
            }
        )
        return MutationOutcome(mid=m.mid, outcome=landed.outcome, code=code, entity=landed.entity)

    async def write(self) -> None:
        """Everything at once, in the caller's transaction."""
        if self._rows:
            await self._db.execute(insert(Row), self._rows)


async def erase_landed(db: AsyncSession, rows: Collection[tuple[UUID, UUID]]) -> None:
    """Erase for good what the log tells of rows (member, entity) whose author deleted them."""
    if rows:
        await _erase(db, tuple_(Row.member_id, Row.landed).in_(rows), Row.outcome != "parked")


async def erase_discarded(db: AsyncSession, authority_id: UUID, now: datetime) -> None:
    """Erase for good what was discarded more than 30 days ago."""
    await _erase(
        db,
        Row.authority_id == authority_id,
        Row.outcome == "parked",
        Row.deleted_at < now - KEPT_DELETED,
    )


async def discard_all_parked(
    db: AsyncSession, authority_id: UUID, member_id: UUID, seq: int, now: datetime
) -> int:
    """Discard what of one member is parked, in the caller's deed; how many."""
    gone = await db.scalars(
        update(Row)
        .where(
            Row.authority_id == authority_id,
            Row.member_id == member_id,
            Row.outcome == "parked",
            Row.deleted_at.is_(None),
        )
        .values(deleted_at=now, seq=seq)
        .returning(Row.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


async def _erase(db: AsyncSession, *which: ColumnElement[bool]) -> None:
    await db.execute(
        update(Row)
        .where(*which, Row.body.is_not(None))
        .values(body=None, result=None)
        .execution_options(synchronize_session=False)
    )


async def discard_parked(
    db: AsyncSession, actor: Actor, _key: Key, change: Change, _body: DiscardParked
) -> Landed:
    """The author no longer wants a parked mutation: it leaves, and is erased 30 days later.

    Doing it again changes nothing.

    Raises:
        UnknownEntity
    """
    one = (
        Row.member_id == actor.member_id,
        Row.id == change.entity,
        Row.outcome == "parked",
    )
    if await db.scalar(select(Row.id).where(*one)) is None:
        raise UnknownEntity
    await db.execute(
        update(Row)
        .where(*one, Row.deleted_at.is_(None))
        .values(deleted_at=change.now, seq=change.seq)
        .execution_options(synchronize_session=False)
    )
    return Landed(change.entity)
