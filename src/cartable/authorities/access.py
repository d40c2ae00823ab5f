"""An authority is readable by its members."""

from uuid import UUID

from sqlalchemy import Select, false, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.authorities.tables import Authority, AuthoritySettings


def readable_authorities(actor: Actor) -> Select[Authority]:
    """The actor's own authority, nothing once the membership ended."""
    mine = select(Authority).where(Authority.id == actor.authority_id)
    return mine.where(false()) if actor.is_ended else mine


async def settings_of(db: AsyncSession, authority_id: UUID) -> AuthoritySettings:
    """What the administrators of an authority decided; each was founded with a row of it."""
    return await db.get_one(AuthoritySettings, authority_id)
