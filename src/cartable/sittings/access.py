"""Who may read a sitting and its agenda, and who may prepare it.

A called sitting is read by those who hold a seat of its assembly on its date or are invited to it,
and by clerks; a draft by clerks; an item in camera by voting seats and clerks. The other recipients
are the record of the call: a seat that is taken back takes reading away (DECISIONS, 2).
"""

from uuid import UUID

from sqlalchemy import Select, and_, exists, false, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from cartable.actor import Actor
from cartable.errors import NotFound
from cartable.members.access import sits
from cartable.members.tables import Member
from cartable.sittings.rules import SittingAlreadyConvened
from cartable.sittings.tables import AgendaItem, Recipient, Sitting


def may_read_sitting(actor: Actor) -> ColumnElement[bool]:
    """The rule of one `Sitting` row."""
    if actor.is_ended:
        return false()
    ours = Sitting.authority_id == actor.authority_id
    if actor.is_clerk:
        return ours
    invited = exists().where(
        Recipient.sitting_id == Sitting.id,
        Recipient.member_id == actor.member_id,
        Recipient.is_guest,
    )
    seated = sits(Sitting.assembly_id, Sitting.day, actor.member_id)
    return and_(ours, Sitting.state == "convened", or_(seated, invited))


def may_read_item(actor: Actor) -> ColumnElement[bool]:
    """The rule of one `AgendaItem` row, joined to a sitting that may be read."""
    if actor.is_clerk:
        return true()
    voting = sits(Sitting.assembly_id, Sitting.day, actor.member_id, voting=True)
    return or_(AgendaItem.in_camera.is_(False), voting)


def readable_sittings(actor: Actor) -> Select[Sitting]:
    """Every sitting the actor may read, archived ones and tombstones included."""
    return select(Sitting).where(may_read_sitting(actor))


def readable_agenda_items(actor: Actor) -> Select[AgendaItem]:
    """Every agenda item the actor may read, tombstones included."""
    return (
        select(AgendaItem)
        .join(Sitting, Sitting.id == AgendaItem.sitting_id)
        .where(
            AgendaItem.authority_id == actor.authority_id,
            may_read_sitting(actor),
            Sitting.deleted_at.is_(None),
            may_read_item(actor),
        )
    )


async def editable_sitting(
    db: AsyncSession, actor: Actor, sitting_id: UUID, *, draft: bool = False
) -> Sitting:
    """A sitting of the clerk's authority; `draft`: still in preparation.

    Raises:
        NotFound, SittingAlreadyConvened
    """
    sitting = await db.scalar(
        readable_sittings(actor).where(Sitting.id == sitting_id, Sitting.deleted_at.is_(None))
    )
    if sitting is None:
        raise NotFound
    if draft and sitting.state != "draft":
        raise SittingAlreadyConvened
    return sitting


async def editable_item(db: AsyncSession, actor: Actor, item_id: UUID) -> AgendaItem:
    """An agenda item of the clerk's authority.

    Raises:
        NotFound
    """
    item = await db.scalar(
        readable_agenda_items(actor).where(
            AgendaItem.id == item_id, AgendaItem.deleted_at.is_(None)
        )
    )
    if item is None:
        raise NotFound
    return item


async def agenda_of(db: AsyncSession, actor: Actor, sitting_id: UUID) -> list[AgendaItem]:
    """The items of a sitting that the actor may read, in order."""
    items = await db.scalars(
        readable_agenda_items(actor)
        .where(AgendaItem.sitting_id == sitting_id, AgendaItem.deleted_at.is_(None))
        .order_by(AgendaItem.position)
    )
    return list(items)


async def audience(
    db: AsyncSession, sitting: Sitting, *, in_camera: bool = False, but: UUID | None = None
) -> list[UUID]:
    """Accounts of those who have a called sitting on their tablets (or one of its items in camera):
    who is told when something changes. Clerks read it too, at their desk. `but`: whose deed it is.
    """
    invited = exists().where(
        Recipient.sitting_id == Sitting.id,
        Recipient.member_id == Member.id,
        Recipient.is_guest,
    )
    seated = sits(Sitting.assembly_id, Sitting.day, Member.id, voting=in_camera)
    found = await db.scalars(
        select(Member.account_id)
        .join(Sitting, Sitting.authority_id == Member.authority_id)
        .where(
            Sitting.id == sitting.id,
            Sitting.state == "convened",
            Sitting.archived_at.is_(None),
            Member.deactivated_at.is_(None),
            Member.id.is_distinct_from(but),
            seated if in_camera else or_(seated, invited),
        )
    )
    return list(found)
