"""Telling those who have a piece on their tablets that it changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.documents.tables import Document
from cartable.notifications.actions.announce import announce
from cartable.sittings.access import audience
from cartable.sittings.tables import AgendaItem, Sitting


async def tell_of_change(
    db: AsyncSession, document: Document, but: UUID | None, now: datetime
) -> None:
    """Announce that a piece in force came, changed or was withdrawn, in the deed's transaction.

    Nobody hears of a draft; of an item in camera only those who may read it; `but` is the member
    who did it.
    """
    sitting = await db.get_one(Sitting, document.sitting_id)
    in_camera = await db.scalar(
        select(AgendaItem.in_camera).where(AgendaItem.id == document.agenda_item_id)
    )
    await announce(
        db,
        await audience(db, sitting, in_camera=bool(in_camera), but=but),
        "piece_changed",
        authority_id=sitting.authority_id,
        sitting_id=sitting.id,
        starts_at=sitting.starts_at,
        now=now,
    )
