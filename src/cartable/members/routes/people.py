"""Members and their seats."""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.guards import want_proof
from cartable.actor import Actor
from cartable.authorities.rules import QuotaExceeded
from cartable.members.access import DESK, allow, member_of
from cartable.members.actions import invite, people
from cartable.members.doors import AUTHORITY, BODY, WRITE, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.members.lines import member_lines
from cartable.members.rules import (
    AccountShared,
    AlreadyAccepted,
    InvalidEmail,
    InvalidPhone,
    LastAdministrator,
    MemberAlreadyThere,
    MembershipEnded,
    SeatEndsBeforeStart,
    SeatOverlaps,
)
from cartable.members.shapes import (
    MemberEdit,
    MemberLine,
    NewMember,
    Role,
)
from cartable.web import refusals, runtime_of

State = Literal["active", "never", "inactive"]
MEMBERS = f"{AUTHORITY}/members"
MEMBER = f"{MEMBERS}/{{member_id:uuid}}"


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
    responses=refusals(
        *BODY,
        InvalidEmail,
        InvalidPhone,
        MemberAlreadyThere,
        SeatOverlaps,
        SeatEndsBeforeStart,
        QuotaExceeded,
    ),
)
async def add_member(
    request: Request[Any, Any, Any], data: JSONBody[NewMember], db: Db, actor: Asker, now: Now
) -> MemberLine:
    """Sends an invitation, good for 72 hours: the person reads nothing before accepting it."""
    allow(actor, "admin")
    if DESK.intersection(data.roles):
        want_proof(request)
    master = runtime_of(request).master_key
    member = await people.add_member(db, actor, master, data, now)
    return await _line(db, actor, member.id)


@patch(
    MEMBER,
    summary="Change a member",
    guards=[member_only],
    responses=refusals(*BODY, AccountShared, InvalidPhone, LastAdministrator),
)
async def edit_member(
    request: Request[Any, Any, Any],
    member_id: FromPath[UUID],
    data: JSONBody[MemberEdit],
    db: Db,
    actor: Asker,
) -> MemberLine:
    """Name, position, group, roles; what is left out stays."""
    allow(actor, "admin")
    if data.roles is not UNSET:
        want_proof(request)
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
    responses=refusals(*WRITE, QuotaExceeded),
)
async def reactivate_member(
    request: Request[Any, Any, Any], member_id: FromPath[UUID], db: Db, actor: Asker
) -> MemberLine:
    """The person reads again what their seats and roles open."""
    allow(actor, "admin")
    if DESK.intersection((await member_of(db, actor, member_id)).roles):
        want_proof(request)
    await people.reactivate_member(db, actor, member_id)
    return await _line(db, actor, member_id)


@post(
    f"{MEMBER}/invite",
    summary="Send a member's invitation again",
    status_code=200,
    guards=[member_only],
    responses=refusals(*WRITE, AccountShared, MembershipEnded),
)
async def send_invitation(
    request: Request[Any, Any, Any], member_id: FromPath[UUID], db: Db, actor: Asker, now: Now
) -> MemberLine:
    """The one before opens nothing any more. Who accepted already chooses another password,
    and shows the second step where there is one."""
    allow(actor, "admin")
    if (await member_of(db, actor, member_id)).accepted_at is not None:
        want_proof(request)
    master = runtime_of(request).master_key
    await invite.send_invitation(db, actor, master, member_id, now)
    return await _line(db, actor, member_id)


@post(
    f"{MEMBER}/cancel-invitation",
    summary="Take a member's invitation back",
    status_code=200,
    guards=[member_only],
    responses=refusals(*WRITE, AlreadyAccepted),
)
async def cancel_invitation(
    member_id: FromPath[UUID], db: Db, actor: Asker, now: Now
) -> MemberLine:
    """Its link opens nothing any more; so does one to choose another password."""
    allow(actor, "admin")
    await invite.cancel_invitation(db, actor, member_id, now)
    return await _line(db, actor, member_id)


async def _line(db: AsyncSession, actor: Actor, member_id: UUID) -> MemberLine:
    return (await member_lines(db, actor, member_id=member_id))[0]


handlers = [
    list_members, add_member, edit_member, deactivate_member, reactivate_member,
    send_invitation, cancel_invitation,
]  # fmt: skip
