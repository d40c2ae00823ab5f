"""Calling a sitting."""

from uuid import UUID

from litestar import post
from litestar.params import FromPath

from cartable.accounts.guards import proved
from cartable.convocations import actions
from cartable.convocations.rules import DocumentsBeingChecked, DocumentsRefused
from cartable.members.access import allow
from cartable.members.doors import AUTHORITY, WRITE, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.sittings.lines import sitting_shape, zone_of
from cartable.sittings.rules import (
    AgendaEmpty,
    NobodyToCall,
    SittingAlreadyConvened,
    SittingInThePast,
)
from cartable.sittings.shapes import Sitting
from cartable.web import refusals


@post(
    f"{AUTHORITY}/sittings/{{sitting_id:uuid}}/convene",
    summary="Call the members of a sitting",
    status_code=200,
    guards=[member_only, proved],
    responses=refusals(
        *WRITE, SittingAlreadyConvened, SittingInThePast, AgendaEmpty, NobodyToCall,
        DocumentsBeingChecked, DocumentsRefused,
    ),
)  # fmt: skip
async def convene_sitting(sitting_id: FromPath[UUID], db: Db, actor: Asker, now: Now) -> Sitting:
    """From now on its members see it and its pieces."""
    allow(actor, "clerk")
    sitting = await actions.convene_sitting(db, actor, sitting_id, now)
    return sitting_shape(sitting, await zone_of(db, actor.authority_id))


handlers = [convene_sitting]
