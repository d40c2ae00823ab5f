"""What is parked is read by its author alone; the log by nobody."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, false, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.mutations.shapes import MutationOutcome, ParkedMutation
from cartable.mutations.tables import Mutation
from cartable.sealing import Key, SealedBytes


class Written(msgspec.Struct, array_like=True):
    """What is sealed of a mutation: what the tablet sent."""

    name: str
    version: int
    at: str
    body: msgspec.Raw


def readable_parked(actor: Actor) -> Select[Mutation]:
    """The actor's own parked mutations, tombstones of discarded ones included."""
    mine = select(Mutation).where(
        Mutation.authority_id == actor.authority_id,
        Mutation.member_id == actor.member_id,
        Mutation.outcome == "parked",
    )
    return mine.where(false()) if actor.is_ended else mine


def kept_parked(authority_id: UUID, member_id: UUID) -> Select[Mutation]:
    """What of one member is parked, also once access has ended: for their own copy alone."""
    return select(Mutation).where(
        Mutation.authority_id == authority_id,
        Mutation.member_id == member_id,
        Mutation.outcome == "parked",
        Mutation.deleted_at.is_(None),
        Mutation.body.is_not(None),
    )


async def held(db: AsyncSession, actor: Actor, mids: Collection[UUID]) -> list[UUID]:
    """Those of one's own mids that the log has, in the order given; also once access has ended."""
    known = {outcome.mid for outcome in await outcomes(db, actor, mids)}
    return [mid for mid in dict.fromkeys(mids) if mid in known]


async def outcomes(db: AsyncSession, actor: Actor, mids: Collection[UUID]) -> list[MutationOutcome]:
    """The recorded outcomes of those that the log has."""
    if not mids:
        return []
    m = Mutation
    rows = await db.execute(
        select(m.id, m.outcome, m.code, m.landed).where(
            m.member_id == actor.member_id, m.id.in_(mids)
        )
    )
    return [
        MutationOutcome(mid=row.id, outcome=row.outcome, code=row.code, entity=row.landed)
        for row in rows
    ]


def open_body(key: Key, mid: UUID, body: SealedBytes) -> Written:
    """What the tablet sent."""
    return msgspec.json.decode(key.open(body, _place("body", mid)), type=Written)


def open_result(key: Key, mid: UUID, result: SealedBytes | None) -> bytes | None:
    """What was kept, when it is not what was sent."""
    return None if result is None else key.open(result, _place("result", mid))


def seal_body(key: Key, mid: UUID, written: Written) -> SealedBytes:
    """The other way."""
    return key.seal(msgspec.json.encode(written), _place("body", mid))


def seal_result(key: Key, mid: UUID, result: bytes | None) -> SealedBytes | None:
    """The other way."""
    return None if result is None else key.seal(result, _place("result", mid))


def _place(column: str, mid: UUID) -> str:
    return f"mutation.{column}:{mid}"


def parked_shape(key: Key, row: Any) -> ParkedMutation:
    """A parked mutation as its author sees it."""
    written = open_body(key, row.id, row.body)
    return ParkedMutation(
        id=row.id,
        name=written.name,
        version=written.version,
        entity=row.entity,
        code=row.code,
        at=written.at,
        received_at=row.received_at,
        body=written.body,
    )
