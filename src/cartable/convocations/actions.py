"""Calling a sitting."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.convocations.rules import DocumentsBeingChecked, DocumentsRefused
from cartable.documents.desk import desk_documents
from cartable.members.actions.enter import enter
from cartable.notifications.actions.announce import announce
from cartable.sittings.access import audience, editable_sitting
from cartable.sittings.actions.call import open_to_recipients
from cartable.sittings.tables import Sitting


async def convene_sitting(
    db: AsyncSession, actor: Actor, sitting_id: UUID, now: datetime
) -> Sitting:
    """Call the members of a sitting: from now on they see it and its pieces.

    Raises:
        NotFound, SittingAlreadyConvened, SittingInThePast, AgendaEmpty, NobodyToCall,
        DocumentsBeingChecked, DocumentsRefused
    """
    seq = await enter(db, actor, "clerk")
    sitting = await editable_sitting(db, actor, sitting_id, draft=True)
    states = Counter(d.state for d in await desk_documents(db, actor, sitting_id=sitting.id))
    if states["checking"]:
        raise DocumentsBeingChecked(count=states["checking"])
    if states["refused"]:
        raise DocumentsRefused(count=states["refused"])
    await open_to_recipients(db, actor, seq, sitting, now)
    record(db, actor, seq, "sitting.convened", sitting.id, day=sitting.day.isoformat())
    await db.flush()
    await announce(
        db,
        await audience(db, sitting, but=actor.member_id),
        "sitting_called",
        authority_id=sitting.authority_id,
        sitting_id=sitting.id,
        starts_at=sitting.starts_at,
        now=now,
    )
    return sitting
