"""Answering the call: acts, added and never changed."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.attendance.access import is_called
from cartable.attendance.rules import NotCalled, is_late
from cartable.attendance.shapes import AnswerCall
from cartable.attendance.tables import AttendanceAnswer
from cartable.audit.actions import record
from cartable.mutations.rules import AlreadyThere, Change, Landed, NoLongerReadable
from cartable.sealing import Key
from cartable.sittings.access import readable_sittings
from cartable.sittings.tables import Sitting


async def answer_call(
    db: AsyncSession, actor: Actor, _key: Key, change: Change, body: AnswerCall
) -> Landed:
    """Present, absent or excused: the last one received is in force, all are kept.

    Raises:
        AlreadyThere, NoLongerReadable, NotCalled
    """
    if await db.get(AttendanceAnswer, (actor.member_id, change.entity)) is not None:
        raise AlreadyThere
    sitting = await db.scalar(
        readable_sittings(actor).where(Sitting.id == body.sitting_id, Sitting.deleted_at.is_(None))
    )
    if sitting is None:
        raise NoLongerReadable
    called = readable_sittings(actor).where(
        Sitting.id == sitting.id, Sitting.state == "convened", is_called(actor)
    )
    if await db.scalar(called.with_only_columns(Sitting.id)) is None:
        raise NotCalled
    late = is_late(sitting.starts_at, change.now)
    db.add(
        AttendanceAnswer(
            id=change.entity,
            authority_id=actor.authority_id,
            member_id=actor.member_id,
            sitting_id=sitting.id,
            seq=change.seq,
            answer=body.answer,
            claimed_at=change.at,
            received_at=await _after_the_last(db, actor, sitting, change.now),
            is_late=late,
        )
    )
    record(
        db, actor, change.seq, "call.answered", sitting.id,
        at=change.now, answer=body.answer, is_late=late, day=sitting.day.isoformat(),
    )  # fmt: skip
    return Landed(change.entity)


async def _after_the_last(
    db: AsyncSession, actor: Actor, sitting: Sitting, now: datetime
) -> datetime:
    """When an answer counts as received. Those of one push came at one instant: they differ by a
    microsecond, in the order they were written, which no clock of a tablet tells."""
    a = AttendanceAnswer
    mine = (a.member_id == actor.member_id, a.sitting_id == sitting.id)
    last = await db.scalar(select(func.max(a.received_at)).where(*mine))
    return now if last is None else max(now, last + timedelta(microseconds=1))
