"""Whoever can write to the database, and has not the key, cannot alter the journal unseen.

Each example alters a chain by plain SQL in a transaction, verifies there, and undoes it: on SQLite
and on PostgreSQL alike.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit import checkpoints
from cartable.audit.actions import forget_person, record
from cartable.audit.chain import Place, hash_of
from cartable.audit.signing import sign_chains, signing_key
from cartable.audit.tables import AuditEvent, AuditPayload
from cartable.audit.verification import Verdict, verify
from cartable.authorities.actions import authority_write, create_authority
from cartable.database import end, uuid7
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio

LINES = 24
SIGNED_AT = (9, 17, LINES)
NOWHERE = UUID(int=0)
Line = AuditEvent


@dataclass
class Chain:
    """A chain of an authority, signed three times, and somebody that some payloads are about."""

    runtime: Runtime
    authority_id: UUID
    person: UUID

    async def verdict(self, db: AsyncSession) -> Verdict:
        """What a verification finds in the state that `db` sees."""
        known = checkpoints.read(self.runtime.settings.checkpoints)
        db.expunge_all()
        return await verify(db, self.authority_id, known, signing_key(self.runtime).public)


@pytest.fixture
async def chain(runtime: Runtime) -> Chain:
    """A chain of `LINES` lines."""
    async with runtime.writing() as db:
        authority = await create_authority(db, name="Saint-Aubin", kind="commune")
    actor = Actor(authority.id, uuid4(), uuid4(), uuid4(), frozenset())
    person = uuid4()
    for number in range(1, LINES + 1):
        async with runtime.writing() as db:
            seq = await authority_write(db, authority.id)
            if number % 4:
                title = f"Pièce {number}"
                record(db, actor, seq, "document.uploaded", uuid4(), title=title, sha256="0" * 64)
            elif number % 8:
                record(db, actor, seq, "member.added", uuid4(), about=person, name="Ève Lefèvre")
            else:
                record(db, actor, seq, "agenda.ordered", uuid4())
        if number in SIGNED_AT:
            await sign_chains(runtime, [authority.id], datetime.now(UTC))
    return Chain(runtime, authority.id, person)


async def _at(db: AsyncSession, chain: Chain, position: int) -> Any:
    row = await db.execute(
        select(*Line.__table__.columns).where(
            Line.authority_id == chain.authority_id, Line.position == position
        )
    )
    return row.one()


async def _set(db: AsyncSession, chain: Chain, where: int, **values: Any) -> None:
    await db.execute(
        update(Line)
        .where(Line.authority_id == chain.authority_id, Line.position == where)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


async def _copy(db: AsyncSession, chain: Chain, where: int, **values: Any) -> AuditEvent:
    """A line as it is, but for some values, with the hash that it should have."""
    row = await _at(db, chain, where)
    line = Line(**{c.name: getattr(row, c.name) for c in Line.__table__.columns})
    for name, value in values.items():
        setattr(line, name, value)
    line.hash = hash_of(line, Place(str(chain.authority_id), line.seq, line.member_id))
    return line


async def _shift(db: AsyncSession, chain: Chain, begin: int, by: int) -> None:
    """Give other positions to all lines from `begin` on, far away first: they stay unique."""
    for far in (1000, by - 1000):
        await db.execute(
            update(Line)
            .where(Line.authority_id == chain.authority_id, Line.position >= begin)
            .values(position=Line.position + far)
            .execution_options(synchronize_session=False)
        )


async def _rehash(db: AsyncSession, chain: Chain, begin: int) -> None:
    """What somebody without the key can do: make every line from `begin` on fit the one before."""
    previous = (await _at(db, chain, begin - 1)).hash if begin > 1 else "0" * 64
    for position in range(begin, LINES + 1):
        line = await _copy(db, chain, position, previous=previous)
        await _set(db, chain, position, previous=previous, hash=line.hash)
        previous = line.hash


async def removed(db: AsyncSession, chain: Chain, one: int, two: int) -> None:
    """A line is gone."""
    row = await _at(db, chain, one)
    await db.execute(delete(AuditPayload).where(AuditPayload.event_id == row.id))
    await db.execute(delete(Line).where(Line.id == row.id))


async def removed_and_closed(db: AsyncSession, chain: Chain, one: int, two: int) -> None:
    """A line is gone, and the next ones take its place."""
    await removed(db, chain, one, two)
    await _shift(db, chain, one + 1, -1)


async def changed(db: AsyncSession, chain: Chain, one: int, two: int) -> None:
    """A line says something else."""
    values: list[dict[str, Any]] = [
        {"event": "document.withdrawn"},
        {"member_id": uuid4()},
        {"device_id": None},
        {"subject_id": uuid4()},
        {"seq": 1},
        {"at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"digest": "0" * 64},
        {"hash": "1" * 64},
        {"previous": "2" * 64},
    ]
    await _set(db, chain, one, **values[two % len(values)])


async def reordered(db: AsyncSession, chain: Chain, one: int, two: int) -> None:
    """Two lines change places."""
    two = two if two != one else one % LINES + 1
    await _set(db, chain, one, position=5000)
    await _set(db, chain, two, position=one)
    await _set(db, chain, 5000, position=two)


async def inserted(db: AsyncSession, chain: Chain, one: int, two: int) -> None:
    """A line too many, well made as far as it goes.

    One added after the last checkpoint is what no chain can tell: the worker signs often.
    """
    one = min(one, LINES - 1)
    before = await _at(db, chain, one)
    await _shift(db, chain, one + 1, 1)
    line = await _copy(
        db, chain, one, id=uuid7(), position=one + 1, previous=before.hash, digest=""
    )
    values = {c.name: getattr(line, c.name) for c in Line.__table__.columns}
    await db.execute(insert(Line).values(**values))


async def payload_swapped(db: AsyncSession, chain: Chain, one: int, two: int) -> None:
    """The names and values of a line are those of another."""
    with_payload = [n for n in range(1, LINES + 1) if n % 8]
    first = await _at(db, chain, with_payload[one % len(with_payload)])
    second = await _at(db, chain, with_payload[(one + 1) % len(with_payload)])
    p = AuditPayload
    sealed = {
        row.event_id: row.sealed
        for row in await db.execute(
            select(p.event_id, p.sealed).where(p.event_id.in_([first.id, second.id]))
        )
    }
    for mine, other in ((first.id, second.id), (second.id, first.id)):
        await db.execute(
            update(p)
            .where(p.event_id == mine)
            .values(sealed=sealed[other])
            .execution_options(synchronize_session=False)
        )


async def payload_replaced(db: AsyncSession, chain: Chain, one: int, two: int) -> None:
    """Plain values instead of the sealed ones, as before they were sealed."""
    row = await _at(db, chain, one if one % 8 else one - 1)
    plain = b'\x00{"title":"Une autre"}'.ljust(40)
    await db.execute(
        update(AuditPayload)
        .where(AuditPayload.event_id == row.id)
        .values(sealed=type((await db.scalars(select(AuditPayload.sealed))).first())(plain))
        .execution_options(synchronize_session=False)
    )


async def tail_cut(db: AsyncSession, chain: Chain, one: int, two: int) -> None:
    """The last lines are gone."""
    for position in range(one, LINES + 1):
        await removed(db, chain, position, two)


async def rebuilt(db: AsyncSession, chain: Chain, one: int, two: int) -> None:
    """A line says something else, and all lines after it were made again to fit."""
    await _set(db, chain, one, event="sitting.deleted")
    await _rehash(db, chain, one)


async def cut_and_rebuilt(db: AsyncSession, chain: Chain, one: int, two: int) -> None:
    """The whole chain was made again, other."""
    for position in range(1, LINES + 1):
        await _set(db, chain, position, device_id=None)
    await _rehash(db, chain, 1)


Tamper = Callable[[AsyncSession, Chain, int, int], Awaitable[None]]
WAYS: list[Tamper] = [
    removed, removed_and_closed, changed, reordered, inserted, payload_swapped, payload_replaced,
    tail_cut, rebuilt, cut_and_rebuilt,
]  # fmt: skip


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(way=st.sampled_from(WAYS), one=st.integers(1, LINES), two=st.integers(1, LINES))
async def test_whatever_is_altered_is_found(chain: Chain, way: Tamper, one: int, two: int) -> None:
    async with chain.runtime.sessions() as db:
        await authority_write(db, chain.authority_id)
        await way(db, chain, one, two)
        verdict = await chain.verdict(db)
        await end(db, commit=False)
    assert verdict.broken is not None, f"{way.__name__}({one}, {two}) was not seen"
    if way in (removed, changed, tail_cut):
        assert verdict.broken.position == one


async def test_an_untouched_chain_is_whole(chain: Chain) -> None:
    async with chain.runtime.reading(chain.authority_id) as db:
        verdict = await chain.verdict(db)
    assert (verdict.broken, verdict.lines, verdict.erased) == (None, LINES, 0)
    assert verdict.signed_to == LINES


async def test_forgetting_a_person_erases_what_is_said_of_them_and_breaks_nothing(
    chain: Chain,
) -> None:
    async with chain.runtime.writing(chain.authority_id) as db:
        assert await forget_person(db, chain.person) == 3
    async with chain.runtime.reading(chain.authority_id) as db:
        verdict = await chain.verdict(db)
    assert (verdict.broken, verdict.lines, verdict.erased) == (None, LINES, 3)


async def test_a_checkpoint_that_we_did_not_sign_is_said(chain: Chain) -> None:
    path = chain.runtime.settings.checkpoints
    forged = checkpoints.Checkpoint(
        chain=str(chain.authority_id), position=3, hash="0" * 64, at="now", signature="00" * 64
    )
    checkpoints.append(path, [forged])
    async with chain.runtime.reading(chain.authority_id) as db:
        verdict = await chain.verdict(db)
    assert verdict.broken is not None
    assert (verdict.broken.position, verdict.broken.reason) == (3, "forged")
