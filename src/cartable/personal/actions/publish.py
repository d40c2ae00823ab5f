"""Legal notices: written by an administrator, read by anybody."""

from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.authorities.tables import Authority
from cartable.members.actions.enter import enter
from cartable.personal.shapes import LegalNotice as LegalNoticeShape
from cartable.personal.shapes import LegalNoticeEdit
from cartable.personal.tables import LegalNotice


async def edit_legal_notice(
    db: AsyncSession, actor: Actor, edit: LegalNoticeEdit, now: datetime
) -> LegalNoticeShape:
    """Publish what an authority says of itself."""
    seq = await enter(db, actor, "admin")
    notice = await db.get(LegalNotice, actor.authority_id)
    if notice is None:
        notice = LegalNotice(for_authority=actor.authority_id)
        db.add(notice)
    for name in LegalNoticeEdit.__struct_fields__:
        setattr(notice, name, getattr(edit, name).strip())
    notice.updated_at = now
    record(db, actor, seq, "legal_notice.edited")
    await db.flush()
    authority = await db.get_one(Authority, actor.authority_id)
    return _shape(authority, notice)


async def published_notices(db: AsyncSession) -> list[LegalNoticeShape]:
    """Of every authority that wrote one and is not suspended, by name."""
    rows = await db.execute(
        select(Authority, LegalNotice)
        .join(LegalNotice, LegalNotice.for_authority == Authority.id)
        .where(Authority.suspended_at.is_(None))
        .order_by(Authority.name)
    )
    return [_shape(authority, notice) for authority, notice in rows]


def _shape(authority: Authority, notice: LegalNotice) -> LegalNoticeShape:
    said = {name: getattr(notice, name) for name in LegalNoticeEdit.__struct_fields__}
    return msgspec.convert(
        {
            **said,
            "authority_name": authority.name,
            "authority_id": authority.id,
            "updated_at": notice.updated_at,
        },
        LegalNoticeShape,
    )
