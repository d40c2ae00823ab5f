"""Members and their seats."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.members.access import allow
from cartable.members.actions import people, seats
from cartable.members.doors import AUTHORITY, BODY, WRITE, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.members.lines import member_lines
from cartable.members.rules import (
    AccountShared,
    InvalidEmail,
    LastAdministrator,
    MemberAlreadyThere,
    SeatEndsBeforeStart,
    SeatOverlaps,
)
from cartable.members.shapes import (
    MemberAdded,
    MemberEdit,
    MemberLine,
    NewMember,
    NewSeat,
    OneTimePassword,
    Role,
    Seat,
    SeatEdit,
)
from cartable.web import refusals, runtime_of

State = Literal["active", "never", "inactive"]
MEMBERS = f"{AUTHORITY}/members"
MEMBER = f"{MEMBERS}/{{member_id:uuid}}"
SEAT = f"{AUTHORITY}/seats/{{seat_id:uuid}}"


@get(MEMBERS, summary="List members", guards=[member_only], responses=refusals(*BODY))
async def list_members(
    db: Db,
    actor: Asker,
    q: FromQuery[str] = "",
    role: FromQuery[Role | None] = None,
    member_state: Annotated[State | None, QueryParameter(name="state")] = None,
) -> list[MemberLine]:
    """By name. `q`: words of the name or address; `never`: has not signed in yet."""
    allow(actor, "admin", "clerk")
    return await member_lines(db, actor, words=q, role=role, state=member_state)


@post(
    MEMBERS,
    summary="Add a member",
    guards=[member_only],
    responses=refusals(*BODY, InvalidEmail, MemberAlreadyThere, SeatOverlaps, SeatEndsBeforeStart),
)
async def add_member(
    request: Request[Any, Any, Any], data: JSONBody[NewMember], db: Db, actor: Asker, now: Now
) -> MemberAdded:
    """Gives a one-time password, shown once, unless the person signs in to this server already."""
    allow(actor, "admin")
    master = runtime_of(request).master_key
    member, password = await people.add_member(db, actor, master, data, now)
    return MemberAdded(member=await _line(db, actor, member.id), one_time_password=password)


@patch(
    MEMBER,
    summary="Change a member",
    guards=[member_only],
    responses=refusals(*BODY, AccountShared, LastAdministrator),
)
async def edit_member(
    member_id: FromPath[UUID], data: JSONBody[MemberEdit], db: Db, actor: Asker
) -> MemberLine:
    """Name, position, group, roles; what is left out stays."""
    allow(actor, "admin")
    await people.edit_member(db, actor, member_id, data)
    return await _line(db, actor, member_id)


@post(
    f"{MEMBER}/deactivate",
    summary="End a membership",
    status_code=200,
    guards=[member_only],
    responses=refusals(*WRITE, LastAdministrator),
)
async def deactivate_member(
    member_id: FromPath[UUID], db: Db, actor: Asker, now: Now
) -> MemberLine:
    """The next request is refused and this authority's data leaves the person's devices."""
    allow(actor, "admin")
    await people.deactivate_member(db, actor, member_id, now)
    return await _line(db, actor, member_id)


@post(
    f"{MEMBER}/reactivate",
    summary="Open a membership again",
    status_code=200,
    guards=[member_only],
    responses=refusals(*WRITE),
)
async def reactivate_member(member_id: FromPath[UUID], db: Db, actor: Asker) -> MemberLine:
    """The person reads again what their seats and roles open."""
    allow(actor, "admin")
    await people.reactivate_member(db, actor, member_id)
    return await _line(db, actor, member_id)


@post(
    f"{MEMBER}/one-time-password",
    summary="Renew a member's one-time password",
    guards=[member_only],
    responses=refusals(*WRITE, AccountShared),
)
async def renew_one_time_password(
    member_id: FromPath[UUID], db: Db, actor: Asker, now: Now
) -> OneTimePassword:
    """Shown once; the person's devices are signed out."""
    allow(actor, "admin")
    password = await people.renew_one_time_password(db, actor, member_id, now)
    return OneTimePassword(one_time_password=password)


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
    return msgspec.convert(seat, Seat, from_attributes=True)


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
    return msgspec.convert(seat, Seat, from_attributes=True)


@delete(
    SEAT, summary="Take back a seat given by mistake", guards=[member_only],
    responses=refusals(*WRITE),
)  # fmt: skip
async def remove_seat(seat_id: FromPath[UUID], db: Db, actor: Asker) -> None:
    """As if it had never been given."""
    allow(actor, "admin")
    await seats.remove_seat(db, actor, seat_id)


async def _line(db: AsyncSession, actor: Actor, member_id: UUID) -> MemberLine:
    return (await member_lines(db, actor, member_id=member_id))[0]


handlers = [
    list_members, add_member, edit_member, deactivate_member, reactivate_member,
    renew_one_time_password, give_seat, edit_seat, remove_seat,
]  # fmt: skip
