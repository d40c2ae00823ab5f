"""The quota of members that a host may set."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.authorities.rules import QuotaExceeded
from cartable.authorities.tables import Authority
from cartable.members.tables import Member


async def check_room_for_members(db: AsyncSession, authority_id: UUID, more: int = 1) -> None:
    """Refuse more members than the host allows, in the deed that holds the authority's head.

    `more`: how many are to come in; with none, there is always room.

    Raises:
        QuotaExceeded
    """
    allowed = await db.scalar(select(Authority.members_allowed).where(Authority.id == authority_id))
    if allowed is None or not more:
        return
    there = await db.scalar(
        select(func.count(Member.id)).where(
            Member.authority_id == authority_id, Member.deactivated_at.is_(None)
        )
    )
    if (there or 0) + more > allowed:
        raise QuotaExceeded(what="members", limit=allowed)
