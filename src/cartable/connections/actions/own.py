"""The providers that may open one's own account."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.actions.passkeys import has_passkey
from cartable.accounts.notices import tell_change
from cartable.accounts.rules import LastWayIn
from cartable.accounts.tables import Account
from cartable.actor import Person
from cartable.audit.actions import record_for_account
from cartable.connections.shapes import OwnConnection, OwnConnections
from cartable.connections.tables import Connection, Identity
from cartable.database import begin_write
from cartable.errors import NotFound
from cartable.members.access import readable_memberships
from cartable.tenancy import across_authorities


async def own_connections(db: AsyncSession, person: Person) -> OwnConnections:
    """Those of one's authorities, and which are linked."""
    async with across_authorities(db, "memberships", person.account_id):
        rows = (await db.execute(readable_memberships(person))).all()
    names = {authority.id: authority.name for _, authority in rows}
    connections = await db.scalars(
        select(Connection)
        .where(Connection.for_authority.in_(names), Connection.is_enabled)
        .order_by(Connection.id)
    )
    mine = await db.scalars(select(Identity).where(Identity.account_id == person.account_id))
    linked = {(one.issuer, one.client_id): one for one in mine}
    account = await db.get_one(Account, person.account_id)
    listed = [
        OwnConnection(
            id=one.id,
            kind="proconnect" if one.kind == "proconnect" else "generic",
            name=one.name,
            authority_name=names[one.for_authority],
            is_linked=bound is not None,
            is_own_choice=bound is not None and bound.is_own_choice,
            last_used_at=bound.last_used_at if bound else None,
        )
        for one in connections
        for bound in [linked.get((one.issuer, one.client_id))]
    ]
    has_stronger = account.password_hash is not None or await has_passkey(db, account.id)
    return OwnConnections(may_prove=not has_stronger, connections=listed)


async def unlink(db: AsyncSession, person: Person, connection_id: UUID, now: datetime) -> None:
    """Take a provider away from one's account.

    Raises:
        NotFound, LastWayIn
    """
    await begin_write(db)
    # Two removals at once must not each count on the other's way in.
    account = await db.get_one(Account, person.account_id, with_for_update=True)
    connection = await db.get(Connection, connection_id)
    if connection is None:
        raise NotFound
    identity = await linked_identity(db, account.id, connection.issuer, connection.client_id)
    if identity is None:
        raise NotFound
    mine = select(func.count()).select_from(Identity).where(Identity.account_id == account.id)
    has_other = account.password_hash is not None or await has_passkey(db, account.id)
    if not has_other and await db.scalar(mine) == 1:
        raise LastWayIn
    await db.delete(identity)
    await db.flush()
    await record_for_account(
        db, account.id, person.device_id, "account.connection_unlinked", identity.id
    )
    await tell_change(db, account.id, "connection_unlinked", now)


async def linked_identity(
    db: AsyncSession, account_id: UUID, issuer: str, client_id: str
) -> Identity | None:
    """What an account is bound to at a provider."""
    found: Identity | None = await db.scalar(
        select(Identity).where(
            Identity.account_id == account_id,
            Identity.issuer == issuer,
            Identity.client_id == client_id,
        )
    )
    return found
