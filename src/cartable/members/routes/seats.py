"""Seats, who replaces their holders, and ending those of a whole assembly."""

from datetime import date
from uuid import UUID

from litestar import delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.guards import proved
from cartable.accounts.rules import ProofNeeded
from cartable.authorities.rules import QuotaExceeded
from cartable.members.access import allow, readable_mandate_ends
from cartable.members.actions import mandates, seats
from cartable.members.doors import AUTHORITY, BODY, ROLE, WRITE, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.members.lines import seat_shape, substitutes_of
from cartable.members.rules import (
    MandateChanged,
    MandateNotOver,
    NothingToUndo,
    SeatEndsBeforeStart,
    SeatOverlaps,
    SubstituteSits,
    TooManyClosed,
)
from cartable.members.shapes import (
    MandateEnded,
    MandateEndOrder,
    MandateLoss,
    NewSeat,
    Seat,
    SeatEdit,
    Substitutes,
)
from cartable.members.tables import MandateEnd
from cartable.members.tables import Seat as SeatRow
from cartable.web import refusals

MEMBER = f"{AUTHORITY}/members/{{member_id:uuid}}"
SEAT = f"{AUTHORITY}/seats/{{seat_id:uuid}}"
MANDATE = f"{AUTHORITY}/assemblies/{{assembly_id:uuid}}/mandate"


@post(
    f"{MEMBER}/seats",
    summary="Give a member a seat",
    guards=[member_only],
    responses=refusals(*BODY, SeatOverlaps, SeatEndsBeforeStart),
)
async def give_seat(
    member_id: FromPath[UUID], data: JSONBody[NewSeat], db: Db, actor: Asker
) -> Seat:
    """The sittings of its days enter the member's view."""
    allow(actor, "admin")
    seat = await seats.give_seat(db, actor, member_id, data)
    return await _seat(db, seat)


@patch(
    SEAT,
    summary="Change or end a seat",
    guards=[member_only],
    responses=refusals(*BODY, SeatOverlaps, SeatEndsBeforeStart),
)
async def edit_seat(
    seat_id: FromPath[UUID], data: JSONBody[SeatEdit], db: Db, actor: Asker
) -> Seat:
    """Ending it is giving its last day."""
    allow(actor, "admin")
    seat = await seats.edit_seat(db, actor, seat_id, data)
    return await _seat(db, seat)


@delete(
    SEAT, summary="Take back a seat given by mistake", guards=[member_only],
    responses=refusals(*WRITE),
)  # fmt: skip
async def remove_seat(seat_id: FromPath[UUID], db: Db, actor: Asker) -> None:
    """As if it had never been given."""
    allow(actor, "admin")
    await seats.remove_seat(db, actor, seat_id)


@put(
    f"{SEAT}/substitutes",
    summary="Say who replaces the holder of a seat",
    guards=[member_only],
    responses=refusals(*BODY, SubstituteSits),
)
async def set_substitutes(
    seat_id: FromPath[UUID], data: JSONBody[Substitutes], db: Db, actor: Asker
) -> Seat:
    """In order; declared only: the clerk calls a substitute to a sitting."""
    allow(actor, "admin")
    return await _seat(db, await seats.set_substitutes(db, actor, seat_id, data.members))


@get(MANDATE, summary="See whose seats would end", guards=[member_only], responses=refusals(*ROLE))
async def preview_mandate_end(
    assembly_id: FromPath[UUID], last_day: FromQuery[date], db: Db, actor: Asker
) -> list[MandateLoss]:
    """Who loses what if the seats of an assembly end on that day."""
    allow(actor, "admin")
    return await mandates.who_loses(db, actor, assembly_id, last_day)


@post(
    f"{MANDATE}/end",
    summary="End the seats of an assembly",
    guards=[member_only, proved],
    responses=refusals(*BODY, ProofNeeded, MandateChanged, MandateNotOver, TooManyClosed),
)
async def end_mandate(
    assembly_id: FromPath[UUID], data: JSONBody[MandateEndOrder], db: Db, actor: Asker, now: Now
) -> MandateEnded:
    """All at once, exactly those that were shown; it can be undone once."""
    allow(actor, "admin")
    return _ended(await mandates.end_mandate(db, actor, assembly_id, data, now))


@get(
    f"{AUTHORITY}/mandate-ends",
    summary="List the seats ended together",
    guards=[member_only],
    responses=refusals(*ROLE),
)
async def list_mandate_ends(db: Db, actor: Asker) -> list[MandateEnded]:
    """The latest first."""
    allow(actor, "admin")
    return [_ended(row) for row in await db.scalars(readable_mandate_ends(actor))]


@post(
    f"{AUTHORITY}/mandate-ends/{{mandate_end_id:uuid}}/undo",
    summary="Give back the seats ended together",
    status_code=200,
    guards=[member_only, proved],
    responses=refusals(*WRITE, ProofNeeded, NothingToUndo, QuotaExceeded),
)
async def undo_mandate_end(
    mandate_end_id: FromPath[UUID], db: Db, actor: Asker, now: Now
) -> MandateEnded:
    """As they were, with the memberships that ended with them; once."""
    allow(actor, "admin")
    return _ended(await mandates.undo_mandate_end(db, actor, mandate_end_id, now))


async def _seat(db: AsyncSession, seat: SeatRow) -> Seat:
    found = await substitutes_of(db, select(SeatRow.id).where(SeatRow.id == seat.id))
    return seat_shape(seat, found[seat.id])


def _ended(row: MandateEnd) -> MandateEnded:
    return MandateEnded(
        id=row.id,
        assembly_id=row.assembly_id,
        last_day=row.last_day,
        at=row.at,
        seats=len(row.seats),
        deactivated=len(row.deactivated),
        can_undo=row.undone_at is None,
    )


handlers = [
    give_seat, edit_seat, remove_seat, set_substitutes, preview_mandate_end, end_mandate,
    list_mandate_ends, undo_mandate_end,
]  # fmt: skip
