"""Which connections are readable: at the door, and by the administrators of an authority."""

from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.authorities.tables import Authority
from cartable.connections.tables import Connection
from cartable.errors import NotFound
from cartable.members.access import allow


def readable_connections(actor: Actor) -> Select[Connection]:
    """Those of the actor's authority, oldest first.

    Raises:
        RoleMissing
    """
    allow(actor, "admin")
    ours = select(Connection).where(Connection.for_authority == actor.authority_id)
    return ours.order_by(Connection.id)


async def editable_connection(db: AsyncSession, actor: Actor, connection_id: UUID) -> Connection:
    """One of the actor's authority.

    Raises:
        NotFound
    """
    found = await db.get(Connection, connection_id, populate_existing=True)
    if found is None or found.for_authority != actor.authority_id:
        raise NotFound
    return found


async def open_connection(db: AsyncSession, connection_id: UUID) -> Connection:
    """One that lets people in now.

    Raises:
        NotFound: unknown, switched off, or of an authority that its host suspended.
    """
    found = await db.get(Connection, connection_id, populate_existing=True)
    if found is None or not found.is_enabled:
        raise NotFound
    authority = await db.get_one(Authority, found.for_authority)
    if authority.suspended_at is not None:
        raise NotFound
    return found


async def authority_at_door(db: AsyncSession, asked: UUID | None) -> Authority | None:
    """The authority whose door is shown: the one asked for, or the only one of this server."""
    if asked is not None:
        return await db.get(Authority, asked)
    if await db.scalar(select(func.count()).select_from(Authority)) != 1:
        return None
    found: Authority | None = await db.scalar(select(Authority))
    return found


def connections_at_door(authority: Authority) -> Select[Connection]:
    """The buttons of an authority's door."""
    return (
        select(Connection)
        .where(Connection.for_authority == authority.id, Connection.is_enabled)
        .order_by(Connection.id)
    )
