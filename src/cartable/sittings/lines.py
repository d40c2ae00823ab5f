"""The clerk's list of sittings and one sitting whole."""

from uuid import UUID

import msgspec
from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.authorities.tables import Authority
from cartable.errors import NotFound
from cartable.members.access import sits
from cartable.members.tables import Assembly, Member
from cartable.sittings.access import agenda_of, readable_sittings
from cartable.sittings.actions.call import recipients_of
from cartable.sittings.shapes import AgendaItem as AgendaItemShape
from cartable.sittings.shapes import Sitting as SittingShape
from cartable.sittings.shapes import SittingDetail, SittingLine
from cartable.sittings.tables import AgendaItem, Recipient, Sitting


def sitting_shape(sitting: Sitting, time_zone: str) -> SittingShape:
    """A sitting as it travels."""
    return SittingShape(
        id=sitting.id,
        assembly_id=sitting.assembly_id,
        starts_at=sitting.starts_at,
        time_zone=time_zone,
        place=sitting.place,
        state=sitting.state,  # type: ignore[arg-type]
        convened_at=sitting.convened_at,
    )


def item_shape(item: AgendaItem) -> AgendaItemShape:
    """An agenda item as it travels."""
    return msgspec.convert(item, AgendaItemShape, from_attributes=True)


async def zone_of(db: AsyncSession, authority_id: UUID) -> str:
    """The IANA zone of an authority."""
    return (await db.get_one(Authority, authority_id)).time_zone


async def sitting_lines(db: AsyncSession, actor: Actor) -> list[SittingLine]:
    """Every sitting of the authority, the latest first."""
    items = (
        select(func.count())
        .where(
            AgendaItem.sitting_id == Sitting.id,
            AgendaItem.deleted_at.is_(None),
            AgendaItem.kind != "heading",
        )
        .scalar_subquery()
    )
    # Two selects stand around this one, and only the nearest would be joined by itself.
    invited = (
        exists()
        .where(
            Recipient.sitting_id == Sitting.id,
            Recipient.member_id == Member.id,
            Recipient.is_guest,
        )
        .correlate(Sitting, Member)
    )
    called = (
        select(func.count())
        .select_from(Member)
        .where(
            Member.authority_id == Sitting.authority_id,
            Member.deactivated_at.is_(None),
            or_(sits(Sitting.assembly_id, Sitting.day, Member.id), invited),
        )
        .scalar_subquery()
    )
    rows = await db.execute(
        readable_sittings(actor)
        .join(Assembly, Assembly.id == Sitting.assembly_id)
        .add_columns(Assembly.name, items.label("items"), called.label("called"))
        .where(Sitting.deleted_at.is_(None))
        .order_by(Sitting.starts_at.desc(), Sitting.id)
    )
    zone = await zone_of(db, actor.authority_id)
    return [
        SittingLine(
            **msgspec.structs.asdict(sitting_shape(sitting, zone)),
            assembly_name=name,
            items=count,
            recipients=recipients,
        )
        for sitting, name, count, recipients in rows
    ]


async def sitting_detail(db: AsyncSession, actor: Actor, sitting_id: UUID) -> SittingDetail:
    """One sitting with its agenda and its recipients.

    Raises:
        NotFound
    """
    row = (
        await db.execute(
            readable_sittings(actor)
            .join(Assembly, Assembly.id == Sitting.assembly_id)
            .add_columns(Assembly.name)
            .where(Sitting.id == sitting_id, Sitting.deleted_at.is_(None))
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    sitting, name = row
    return SittingDetail(
        sitting=sitting_shape(sitting, await zone_of(db, actor.authority_id)),
        assembly_name=name,
        agenda=[item_shape(item) for item in await agenda_of(db, actor, sitting.id)],
        recipients=await recipients_of(db, sitting),
    )
