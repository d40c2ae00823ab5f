"""Adding, changing, ordering and removing agenda items."""

from datetime import datetime
from uuid import UUID

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.authorities.actions import access_changed
from cartable.database import uuid7
from cartable.errors import NotFound
from cartable.members.access import member_of
from cartable.members.actions.enter import enter
from cartable.sittings.access import agenda_of, editable_item, editable_sitting
from cartable.sittings.rules import (
    AGENDA_LIMIT,
    AgendaChanged,
    AgendaFull,
    SittingAlreadyConvened,
    numbers,
)
from cartable.sittings.shapes import AgendaItemEdit, NewAgendaItem
from cartable.sittings.tables import AgendaItem


async def add_agenda_item(
    db: AsyncSession, actor: Actor, sitting_id: UUID, new: NewAgendaItem
) -> AgendaItem:
    """Put a line on the agenda of a draft, at its end or after another.

    Raises:
        NotFound, SittingAlreadyConvened, AgendaFull
    """
    seq = await enter(db, actor, "clerk")
    sitting = await editable_sitting(db, actor, sitting_id, draft=True)
    agenda = await agenda_of(db, actor, sitting.id)
    if len(agenda) >= AGENDA_LIMIT:
        raise AgendaFull(limit=AGENDA_LIMIT)
    place = len(agenda)
    if new.after is not None:
        place = next((n for n, item in enumerate(agenda, 1) if item.id == new.after), 0)
        if not place:
            raise NotFound
    if new.rapporteur_id is not None:
        await member_of(db, actor, new.rapporteur_id)
    item = AgendaItem(
        id=uuid7(),
        authority_id=actor.authority_id,
        sitting_id=sitting.id,
        seq=seq,
        position=0,
        title=new.title.strip(),
        kind=new.kind,
        rapporteur_id=new.rapporteur_id,
        in_camera=new.in_camera,
    )
    agenda.insert(place, item)
    _number(agenda, seq)
    db.add(item)
    record(db, actor, seq, "agenda_item.added", item.id, sitting=str(sitting.id), title=item.title)
    await db.flush()
    return item


async def edit_agenda_item(
    db: AsyncSession, actor: Actor, item_id: UUID, edit: AgendaItemEdit
) -> AgendaItem:
    """Change an item. Once the sitting is called, an item may still go in camera or come back.

    Raises:
        NotFound, SittingAlreadyConvened
    """
    seq = await enter(db, actor, "clerk")
    item = await editable_item(db, actor, item_id)
    sitting = await editable_sitting(db, actor, item.sitting_id)
    wording = [edit.title, edit.kind, edit.rapporteur_id]
    if sitting.state != "draft" and any(field is not UNSET for field in wording):
        raise SittingAlreadyConvened
    if edit.rapporteur_id is not UNSET:
        if edit.rapporteur_id is not None:
            await member_of(db, actor, edit.rapporteur_id)
        item.rapporteur_id = edit.rapporteur_id
    if edit.title is not UNSET:
        item.title = edit.title.strip()
    if edit.kind is not UNSET:
        item.kind = edit.kind
        _number(await agenda_of(db, actor, sitting.id), seq)
    if edit.in_camera is not UNSET and edit.in_camera != item.in_camera:
        item.in_camera = edit.in_camera
        # Clerks alone see a draft, and they see all of it.
        if sitting.state != "draft":
            await access_changed(db, actor.authority_id, seq)
    item.seq = seq
    record(
        db, actor, seq, "agenda_item.edited", item.id, in_camera=item.in_camera, title=item.title
    )
    await db.flush()
    return item


async def remove_agenda_item(
    db: AsyncSession, actor: Actor, item: AgendaItem, seq: int, now: datetime
) -> None:
    """Take an item off the agenda, in the transaction of the deed that saw it has no piece."""
    item.deleted_at, item.seq = now, seq
    await db.flush()
    _number(await agenda_of(db, actor, item.sitting_id), seq)
    record(
        db,
        actor,
        seq,
        "agenda_item.removed",
        item.id,
        sitting=str(item.sitting_id),
        title=item.title,
    )
    await db.flush()


async def order_agenda(
    db: AsyncSession, actor: Actor, sitting_id: UUID, order: list[UUID]
) -> list[AgendaItem]:
    """Put the whole agenda of a draft in another order.

    Raises:
        NotFound, SittingAlreadyConvened, AgendaChanged
    """
    seq = await enter(db, actor, "clerk")
    sitting = await editable_sitting(db, actor, sitting_id, draft=True)
    agenda = {item.id: item for item in await agenda_of(db, actor, sitting.id)}
    if len(order) != len(agenda) or set(order) != set(agenda):
        raise AgendaChanged
    ordered = [agenda[item_id] for item_id in order]
    _number(ordered, seq)
    record(db, actor, seq, "agenda.ordered", sitting.id, day=sitting.day.isoformat())
    await db.flush()
    return ordered


def _number(agenda: list[AgendaItem], seq: int) -> None:
    """Give positions and numbers; only items that change take the deed's number."""
    given = numbers([item.kind for item in agenda])
    for position, (item, number) in enumerate(zip(agenda, given, strict=True), 1):
        if (item.position, item.number) != (position, number):
            item.position, item.number, item.seq = position, number, seq
