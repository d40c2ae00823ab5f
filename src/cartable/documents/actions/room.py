"""The quota of megabytes that a host may set."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.authorities.rules import QuotaExceeded
from cartable.authorities.tables import Authority
from cartable.documents.tables import DocumentVersion

MEGABYTE = 1_000_000


async def check_room_for_file(db: AsyncSession, authority_id: UUID, size: int) -> None:
    """Refuse a file that does not fit in what the host allows, in the deed that would add it.

    Versions of withdrawn pieces count: they are archives and stay.

    Raises:
        QuotaExceeded
    """
    allowed = await db.scalar(
        select(Authority.megabytes_allowed).where(Authority.id == authority_id)
    )
    if allowed is None:
        return
    v = DocumentVersion
    held = await db.scalar(select(func.sum(v.size)).where(v.authority_id == authority_id))
    if int(held or 0) + size > allowed * MEGABYTE:
        raise QuotaExceeded(what="megabytes", limit=allowed)
