"""Preparing sittings and their agenda."""

from uuid import UUID

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody

from cartable.members.access import allow
from cartable.members.doors import AUTHORITY, BODY, ROLE, WRITE, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.sittings.actions import agenda, call, prepare
from cartable.sittings.lines import (
    item_shape,
    sitting_detail,
    sitting_lines,
    sitting_shape,
    zone_of,
)
from cartable.sittings.rules import (
    AgendaChanged,
    AgendaFull,
    SittingAlreadyConvened,
    TimeDoesNotExist,
)
from cartable.sittings.shapes import (
    AgendaItem,
    AgendaItemEdit,
    AgendaOrder,
    Guest,
    NewAgendaItem,
    NewSitting,
    Sitting,
    SittingDetail,
    SittingEdit,
    SittingLine,
)
from cartable.web import refusals

SITTINGS = f"{AUTHORITY}/sittings"
SITTING = f"{SITTINGS}/{{sitting_id:uuid}}"
ITEM = f"{AUTHORITY}/agenda/{{item_id:uuid}}"


@get(SITTINGS, summary="List sittings", guards=[member_only], responses=refusals(*ROLE))
async def list_sittings(db: Db, actor: Asker) -> list[SittingLine]:
    """All of them, drafts included, the latest first."""
    allow(actor, "clerk")
    return await sitting_lines(db, actor)


@post(
    SITTINGS,
    summary="Create a sitting",
    guards=[member_only],
    responses=refusals(*BODY, TimeDoesNotExist),
)
async def create_sitting(data: JSONBody[NewSitting], db: Db, actor: Asker) -> Sitting:
    """A draft that clerks alone see."""
    allow(actor, "clerk")
    sitting = await prepare.create_sitting(db, actor, data)
    return sitting_shape(sitting, await zone_of(db, actor.authority_id))


@get(SITTING, summary="Read a sitting", guards=[member_only], responses=refusals(*ROLE))
async def read_sitting(sitting_id: FromPath[UUID], db: Db, actor: Asker) -> SittingDetail:
    """With its agenda and those it calls."""
    allow(actor, "clerk")
    return await sitting_detail(db, actor, sitting_id)


@patch(
    SITTING,
    summary="Change a sitting",
    guards=[member_only],
    responses=refusals(*BODY, SittingAlreadyConvened, TimeDoesNotExist),
)
async def edit_sitting(
    sitting_id: FromPath[UUID], data: JSONBody[SittingEdit], db: Db, actor: Asker
) -> Sitting:
    """Assembly, time and place of a draft."""
    allow(actor, "clerk")
    sitting = await prepare.edit_sitting(db, actor, sitting_id, data)
    return sitting_shape(sitting, await zone_of(db, actor.authority_id))


@delete(
    SITTING,
    summary="Delete a draft",
    guards=[member_only],
    responses=refusals(*WRITE, SittingAlreadyConvened),
)
async def delete_sitting(sitting_id: FromPath[UUID], db: Db, actor: Asker, now: Now) -> None:
    """With its agenda and its pieces."""
    allow(actor, "clerk")
    await prepare.delete_sitting(db, actor, sitting_id, now)


@post(
    f"{SITTING}/agenda",
    summary="Add an agenda item",
    guards=[member_only],
    responses=refusals(*BODY, SittingAlreadyConvened, AgendaFull),
)
async def add_agenda_item(
    sitting_id: FromPath[UUID], data: JSONBody[NewAgendaItem], db: Db, actor: Asker
) -> AgendaItem:
    """At the end of the agenda, or after another item."""
    allow(actor, "clerk")
    return item_shape(await agenda.add_agenda_item(db, actor, sitting_id, data))


@patch(
    ITEM,
    summary="Change an agenda item",
    guards=[member_only],
    responses=refusals(*BODY, SittingAlreadyConvened),
)
async def edit_agenda_item(
    item_id: FromPath[UUID], data: JSONBody[AgendaItemEdit], db: Db, actor: Asker
) -> AgendaItem:
    """Once called, only whether it is in camera."""
    allow(actor, "clerk")
    return item_shape(await agenda.edit_agenda_item(db, actor, item_id, data))


@post(
    f"{SITTING}/agenda/order",
    summary="Order the agenda",
    status_code=200,
    guards=[member_only],
    responses=refusals(*BODY, SittingAlreadyConvened, AgendaChanged),
)
async def order_agenda(
    sitting_id: FromPath[UUID], data: JSONBody[AgendaOrder], db: Db, actor: Asker
) -> list[AgendaItem]:
    """Takes every item, once each."""
    allow(actor, "clerk")
    ordered = await agenda.order_agenda(db, actor, sitting_id, data.items)
    return [item_shape(item) for item in ordered]


@post(
    f"{SITTING}/guests",
    summary="Invite a member without a seat",
    status_code=204,
    guards=[member_only],
    responses=refusals(*BODY),
)
async def call_guest(
    sitting_id: FromPath[UUID], data: JSONBody[Guest], db: Db, actor: Asker
) -> None:
    """Reads what is not in camera, once the sitting is called."""
    allow(actor, "clerk")
    await call.call_guest(db, actor, sitting_id, data.member_id)


@delete(
    f"{SITTING}/guests/{{member_id:uuid}}",
    summary="Take an invitation back",
    guards=[member_only],
    responses=refusals(*WRITE),
)
async def dismiss_guest(
    sitting_id: FromPath[UUID], member_id: FromPath[UUID], db: Db, actor: Asker
) -> None:
    """The sitting leaves the guest's view."""
    allow(actor, "clerk")
    await call.dismiss_guest(db, actor, sitting_id, member_id)


handlers = [
    list_sittings,
    create_sitting,
    read_sitting,
    edit_sitting,
    delete_sitting,
    add_agenda_item,
    edit_agenda_item,
    order_agenda,
    call_guest,
    dismiss_guest,
]
