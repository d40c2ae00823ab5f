"""Giving and ending seats."""

from datetime import date
from uuid import UUID

from msgspec import UNSET
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.database import uuid7
from cartable.members.access import assembly_of, member_of, seat_of
from cartable.members.actions.enter import enter
from cartable.members.rules import SeatOverlaps, SubstituteSits, check_seat_days
from cartable.members.shapes import NewSeat, SeatEdit
from cartable.members.tables import Member, Seat, Substitute


async def give_seat(db: AsyncSession, actor: Actor, member_id: UUID, new: NewSeat) -> Seat:
    """Give a member a place in an assembly: the sittings of its days enter their view.

    Raises:
        NotFound, SeatOverlaps, SeatEndsBeforeStart
    """
    seq = await enter(db, actor, "admin")
    member = await member_of(db, actor, member_id)
    seat = await place_seat(db, actor, member, new)
    member.access_seq = seq
    record(db, actor, seq, "seat.given", seat.id, member=str(member.id))
    return seat


async def place_seat(db: AsyncSession, actor: Actor, member: Member, new: NewSeat) -> Seat:
    """Write a seat, in the transaction of a deed that numbers the change of access."""
    assembly = await assembly_of(db, actor, new.assembly_id)
    await _check_days(db, member.id, assembly.id, new.starts_on, new.ends_on)
    seat = Seat(
        id=uuid7(),
        authority_id=actor.authority_id,
        assembly_id=assembly.id,
        member_id=member.id,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        is_voting=new.is_voting,
        position=new.position.strip(),
        rank=new.rank,
    )
    db.add(seat)
    await db.flush()
    return seat


async def edit_seat(db: AsyncSession, actor: Actor, seat_id: UUID, edit: SeatEdit) -> Seat:
    """Change the days, the vote, the position or the rank of a seat; ending it is an edit.

    Raises:
        NotFound, SeatOverlaps, SeatEndsBeforeStart
    """
    seq = await enter(db, actor, "admin")
    seat = await seat_of(db, actor, seat_id)
    starts_on = seat.starts_on if edit.starts_on is UNSET else edit.starts_on
    ends_on = seat.ends_on if edit.ends_on is UNSET else edit.ends_on
    await _check_days(db, seat.member_id, seat.assembly_id, starts_on, ends_on, but=seat.id)
    seat.starts_on, seat.ends_on = starts_on, ends_on
    for field in ("is_voting", "position", "rank"):
        if (value := getattr(edit, field)) is not UNSET:
            setattr(seat, field, value.strip() if isinstance(value, str) else value)
    member = await member_of(db, actor, seat.member_id)
    member.access_seq = seq
    record(db, actor, seq, "seat.edited", seat.id, member=str(member.id))
    await db.flush()
    return seat


async def remove_seat(db: AsyncSession, actor: Actor, seat_id: UUID) -> None:
    """Take back a seat given by mistake, as if it had never been.

    Raises:
        NotFound
    """
    seq = await enter(db, actor, "admin")
    seat = await seat_of(db, actor, seat_id)
    member = await member_of(db, actor, seat.member_id)
    member.access_seq = seq
    record(db, actor, seq, "seat.removed", seat.id, member=str(member.id))
    await db.delete(seat)
    await db.flush()


async def set_substitutes(
    db: AsyncSession, actor: Actor, seat_id: UUID, members: list[UUID]
) -> Seat:
    """Say who replaces the holder of a seat, in order; an empty list says nobody.

    Declared and listed only: a substitute reads a sitting once the clerk calls them to it, in the
    place of the holder.

    Raises:
        NotFound, SubstituteSits
    """
    seq = await enter(db, actor, "admin")
    seat = await seat_of(db, actor, seat_id)
    chosen = [await member_of(db, actor, member_id) for member_id in dict.fromkeys(members)]
    await db.execute(delete(Substitute).where(Substitute.seat_id == seat.id))
    for member in chosen:
        await add_substitute(db, seat, member)
    record(db, actor, seq, "seat.substitutes_set", seat.id, count=len(chosen))
    await db.flush()
    return seat


async def add_substitute(db: AsyncSession, seat: Seat, member: Member) -> None:
    """Add somebody who replaces the holder of a seat, after the others, in the caller's deed.

    Raises:
        SubstituteSits: they hold this seat, or another of its assembly on some of its days.
    """
    seats = await db.execute(
        select(Seat.starts_on, Seat.ends_on).where(
            Seat.assembly_id == seat.assembly_id, Seat.member_id == member.id
        )
    )
    try:
        check_seat_days(seat.starts_on, seat.ends_on, [(s.starts_on, s.ends_on) for s in seats])
    except SeatOverlaps:
        raise SubstituteSits(member_id=str(member.id)) from None
    there = list(await db.scalars(select(Substitute).where(Substitute.seat_id == seat.id)))
    if all(one.member_id != member.id for one in there):
        db.add(
            Substitute(
                seat_id=seat.id,
                member_id=member.id,
                authority_id=seat.authority_id,
                rank=max((one.rank for one in there), default=0) + 1,
            )
        )
        await db.flush()


async def _check_days(
    db: AsyncSession,
    member_id: UUID,
    assembly_id: UUID,
    starts_on: date,
    ends_on: date | None,
    but: UUID | None = None,
) -> None:
    others = await db.execute(
        select(Seat.starts_on, Seat.ends_on).where(
            Seat.member_id == member_id,
            Seat.assembly_id == assembly_id,
            Seat.id.is_distinct_from(but),
        )
    )
    check_seat_days(starts_on, ends_on, [(row.starts_on, row.ends_on) for row in others])
