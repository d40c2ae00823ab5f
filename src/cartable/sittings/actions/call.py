"""Who is called to a sitting, and opening it to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.tables import Account
from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.errors import NotFound
from cartable.members.access import member_of
from cartable.members.actions.enter import enter, members_access_changed
from cartable.members.tables import Member, Seat
from cartable.sittings.access import agenda_of, editable_sitting
from cartable.sittings.rules import AgendaEmpty, NobodyToCall, SittingInThePast
from cartable.sittings.shapes import Recipient as RecipientShape
from cartable.sittings.tables import Recipient, Sitting


async def recipients_of(db: AsyncSession, sitting: Sitting) -> list[RecipientShape]:
    """Who is, or would be, called: active holders of a seat that day by rank, then guests."""
    seats = (
        select(Seat.member_id, Seat.is_voting, Seat.rank)
        .where(
            Seat.assembly_id == sitting.assembly_id,
            Seat.starts_on <= sitting.day,
            or_(Seat.ends_on.is_(None), Seat.ends_on >= sitting.day),
        )
        .subquery()
    )
    guests = select(Recipient.member_id).where(
        Recipient.sitting_id == sitting.id, Recipient.is_guest
    )
    rows = await db.execute(
        select(Member.id, Account.civility, Account.first_name, Account.last_name, *seats.c)
        .join(Account, Account.id == Member.account_id)
        .outerjoin(seats, seats.c.member_id == Member.id)
        .where(
            Member.authority_id == sitting.authority_id,
            Member.deactivated_at.is_(None),
            or_(seats.c.member_id.is_not(None), Member.id.in_(guests)),
        )
        .order_by(seats.c.rank.is_(None), seats.c.rank, Account.last_name, Account.first_name)
    )
    return [
        RecipientShape(
            member_id=row.id,
            civility=row.civility,
            first_name=row.first_name,
            last_name=row.last_name,
            has_seat=row.member_id is not None,
            is_voting=bool(row.is_voting),
        )
        for row in rows
    ]


async def call_guest(db: AsyncSession, actor: Actor, sitting_id: UUID, member_id: UUID) -> None:
    """Invite a member who has no seat; doing it again changes nothing.

    Raises:
        NotFound
    """
    seq = await enter(db, actor, "clerk")
    sitting = await editable_sitting(db, actor, sitting_id)
    member = await member_of(db, actor, member_id)
    if member.deactivated_at is not None:
        raise NotFound
    # Somebody called by a seat since taken back has a line already, that opens nothing.
    line = await db.get(Recipient, (sitting.id, member.id))
    if line is None:
        line = Recipient(
            sitting_id=sitting.id,
            member_id=member.id,
            authority_id=actor.authority_id,
            is_guest=False,
        )
        db.add(line)
    if not line.is_guest:
        line.is_guest = True
        member.access_seq = seq
        record(db, actor, seq, "guest.called", sitting.id, member=str(member.id))
        await db.flush()


async def dismiss_guest(db: AsyncSession, actor: Actor, sitting_id: UUID, member_id: UUID) -> None:
    """Take an invitation back: the sitting leaves the guest's view.

    Raises:
        NotFound
    """
    seq = await enter(db, actor, "clerk")
    sitting = await editable_sitting(db, actor, sitting_id)
    gone = await db.execute(
        delete(Recipient)
        .where(
            Recipient.sitting_id == sitting.id,
            Recipient.member_id == member_id,
            Recipient.is_guest,
        )
        .returning(Recipient.member_id)
    )
    if gone.first() is None:
        raise NotFound
    await members_access_changed(db, actor, seq, Member.id == member_id)
    record(db, actor, seq, "guest.dismissed", sitting.id, member=str(member_id))
    await db.flush()


async def open_to_recipients(
    db: AsyncSession, actor: Actor, seq: int, sitting: Sitting, now: datetime
) -> None:
    """Write the recipients of a draft and let them see it, in the transaction of the call.

    Raises:
        SittingInThePast, AgendaEmpty, NobodyToCall
    """
    if sitting.starts_at <= now:
        raise SittingInThePast
    if not [item for item in await agenda_of(db, actor, sitting.id) if item.kind != "heading"]:
        raise AgendaEmpty
    called = await recipients_of(db, sitting)
    if not called:
        raise NobodyToCall
    await db.execute(delete(Recipient).where(Recipient.sitting_id == sitting.id))
    db.add_all(
        Recipient(
            sitting_id=sitting.id,
            member_id=one.member_id,
            authority_id=actor.authority_id,
            is_guest=not one.has_seat,
        )
        for one in called
    )
    sitting.state, sitting.convened_at, sitting.seq = "convened", now, seq
    await members_access_changed(db, actor, seq, Member.id.in_([one.member_id for one in called]))
    await db.flush()
