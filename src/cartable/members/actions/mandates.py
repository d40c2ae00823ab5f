"""Ending all the seats of an assembly together, after elections; and undoing that once."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.tables import Account
from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.authorities.tables import Authority
from cartable.database import uuid7
from cartable.errors import NotFound
from cartable.members.access import assembly_of, readable_members
from cartable.members.actions.alone import accounts_alone
from cartable.members.actions.enter import enter, members_access_changed
from cartable.members.actions.people import end_membership, open_again
from cartable.members.rules import (
    MandateChanged,
    MandateNotOver,
    NothingToUndo,
    SeatOverlaps,
    check_closings,
    check_seat_days,
)
from cartable.members.shapes import MandateEndOrder, MandateLoss
from cartable.members.tables import MandateEnd, Member, Seat


async def who_loses(
    db: AsyncSession, actor: Actor, assembly_id: UUID, last_day: date
) -> list[MandateLoss]:
    """The seats that would end on `last_day`, in the order of the assembly; nothing is written.

    Seats that begin later, or end earlier, stay as they are.

    Raises:
        NotFound
    """
    assembly = await assembly_of(db, actor, assembly_id)
    rows = await db.execute(
        readable_members(actor)
        .join(Seat, Seat.member_id == Member.id)
        .with_only_columns(Seat, Member, Account)
        .where(
            Seat.assembly_id == assembly.id,
            Seat.starts_on <= last_day,
            or_(Seat.ends_on.is_(None), Seat.ends_on > last_day),
        )
        .order_by(Seat.rank, Account.last_name, Account.first_name)
    )
    found = list(rows)
    elsewhere = await _who_sits_elsewhere(db, actor, assembly_id, last_day)
    return [
        MandateLoss(
            seat_id=seat.id,
            member_id=member.id,
            first_name=account.first_name,
            last_name=account.last_name,
            position=seat.position or member.position,
            starts_on=seat.starts_on,
            ends_on=seat.ends_on,
            is_left_without_role=member.deactivated_at is None
            and set(member.roles) <= {"councillor"}
            and member.id not in elsewhere,
        )
        for seat, member, account in found
    ]


async def end_mandate(
    db: AsyncSession, actor: Actor, assembly_id: UUID, order: MandateEndOrder, now: datetime
) -> MandateEnd:
    """End the seats that were shown, in one deed; with `deactivates`, also the memberships of who
    is left without any role, once the last day is over.

    Raises:
        NotFound, MandateChanged, MandateNotOver, TooManyClosed
    """
    seq = await enter(db, actor, "admin")
    losses = await who_loses(db, actor, assembly_id, order.last_day)
    if not losses or {loss.seat_id for loss in losses} != set(order.seats):
        raise MandateChanged
    if order.deactivates and order.last_day >= await _today(db, actor, now):
        raise MandateNotOver
    closing = [loss.member_id for loss in losses if order.deactivates and loss.is_left_without_role]
    check_closings(len(closing))
    leaving = select(Member.account_id).where(Member.id.in_(closing))
    await accounts_alone(db, Account.id.in_(leaving))
    before: dict[str, str | None] = {}
    for loss in losses:
        seat = await db.get_one(Seat, loss.seat_id)
        before[str(seat.id)] = seat.ends_on.isoformat() if seat.ends_on else None
        seat.ends_on = order.last_day
    members = {loss.member_id for loss in losses}
    await members_access_changed(db, actor, seq, Member.id.in_(members))
    gone: list[str] = []
    for member_id in closing:
        member = await db.get_one(Member, member_id, populate_existing=True)
        await end_membership(db, actor, seq, member, now)
        gone.append(str(member.id))
    ended = MandateEnd(
        id=uuid7(),
        authority_id=actor.authority_id,
        assembly_id=assembly_id,
        last_day=order.last_day,
        at=now,
        seats=before,
        deactivated=gone,
    )
    db.add(ended)
    record(
        db, actor, seq, "mandate.ended", assembly_id,
        last_day=order.last_day.isoformat(), seats=len(before), deactivated=len(gone),
    )  # fmt: skip
    await db.flush()
    return ended


async def undo_mandate_end(
    db: AsyncSession, actor: Actor, mandate_end_id: UUID, now: datetime
) -> MandateEnd:
    """Give back the seats and memberships that were ended together, as they were. Once.

    Raises:
        NotFound
        NothingToUndo: done already, or a seat was changed or given again since.
        QuotaExceeded
    """
    seq = await enter(db, actor, "admin")
    ended = await db.get(MandateEnd, mandate_end_id)
    if ended is None or ended.authority_id != actor.authority_id:
        raise NotFound
    if ended.undone_at is not None:
        raise NothingToUndo
    members: set[UUID] = set()
    for text, was in ended.seats.items():
        seat = await db.get(Seat, UUID(text))
        if seat is None or seat.ends_on != ended.last_day:
            raise NothingToUndo
        seat.ends_on = await _free_until(db, seat, date.fromisoformat(was) if was else None)
        members.add(seat.member_id)
    await db.flush()
    await members_access_changed(db, actor, seq, Member.id.in_(members))
    for text in ended.deactivated:
        member = await db.get_one(Member, UUID(text), populate_existing=True)
        if member.deactivated_at is not None:
            await open_again(db, actor, seq, member)
    ended.undone_at = now
    record(db, actor, seq, "mandate.undone", ended.assembly_id, seats=len(ended.seats))
    await db.flush()
    return ended


async def _free_until(db: AsyncSession, seat: Seat, ends_on: date | None) -> date | None:
    others = await db.execute(
        select(Seat.starts_on, Seat.ends_on).where(
            Seat.member_id == seat.member_id,
            Seat.assembly_id == seat.assembly_id,
            Seat.id != seat.id,
        )
    )
    try:
        check_seat_days(seat.starts_on, ends_on, [(s.starts_on, s.ends_on) for s in others])
    except SeatOverlaps:
        raise NothingToUndo from None
    return ends_on


async def _who_sits_elsewhere(
    db: AsyncSession, actor: Actor, assembly_id: UUID, last_day: date
) -> set[UUID]:
    """Members with another seat after that day: in another assembly, or a later one in this."""
    return set(
        await db.scalars(
            select(Seat.member_id).where(
                Seat.authority_id == actor.authority_id,
                or_(Seat.assembly_id != assembly_id, Seat.starts_on > last_day),
                or_(Seat.ends_on.is_(None), Seat.ends_on > last_day),
            )
        )
    )


async def _today(db: AsyncSession, actor: Actor, now: datetime) -> date:
    authority = await db.get_one(Authority, actor.authority_id)
    return now.astimezone(ZoneInfo(authority.time_zone)).date()
