"""Deciding which providers an authority trusts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.authorities.access import settings_of
from cartable.connections.access import editable_connection
from cartable.connections.calls import Caller
from cartable.connections.rules import (
    CONNECTIONS,
    SecretNeeded,
    SiretNeeded,
    TooManyConnections,
    check_issuer,
)
from cartable.connections.shapes import ConnectionEdit
from cartable.connections.tables import Connection
from cartable.database import uuid7
from cartable.members.actions.enter import enter
from cartable.sealing import Key, SealedBytes


async def add_connection(
    db: AsyncSession, actor: Actor, master: Key, caller: Caller, edit: ConnectionEdit, now: datetime
) -> Connection:
    """Trust one more provider.

    Raises:
        RoleMissing, TooManyConnections, AddressRefused, SiretNeeded, SecretNeeded
    """
    seq = await enter(db, actor, "admin")
    ours = select(func.count()).where(Connection.for_authority == actor.authority_id)
    if (await db.scalar(ours) or 0) >= CONNECTIONS:
        raise TooManyConnections(maximum=CONNECTIONS)
    await _check(db, actor, caller, edit)
    row = Connection(id=uuid7(), for_authority=actor.authority_id, created_at=now)
    _write(row, master, edit)
    db.add(row)
    await db.flush()
    record(db, actor, seq, "connection.added", row.id, name=row.name)
    return row


async def edit_connection(
    db: AsyncSession,
    actor: Actor,
    master: Key,
    caller: Caller,
    connection_id: UUID,
    edit: ConnectionEdit,
) -> Connection:
    """Describe a provider anew.

    Raises:
        RoleMissing, NotFound, AddressRefused, SiretNeeded
        SecretNeeded: it goes elsewhere, where the secret of the other must not go.
    """
    seq = await enter(db, actor, "admin")
    row = await editable_connection(db, actor, connection_id)
    await _check(db, actor, caller, edit)
    _write(row, master, edit)
    await db.flush()
    record(db, actor, seq, "connection.edited", row.id, name=row.name)
    return row


async def remove_connection(db: AsyncSession, actor: Actor, connection_id: UUID) -> None:
    """Trust a provider no more; the sessions that it opened go on.

    Raises:
        RoleMissing, NotFound
    """
    seq = await enter(db, actor, "admin")
    row = await editable_connection(db, actor, connection_id)
    name = row.name
    await db.delete(row)
    await db.flush()
    record(db, actor, seq, "connection.removed", connection_id, name=name)


async def _check(db: AsyncSession, actor: Actor, caller: Caller, edit: ConnectionEdit) -> None:
    caller.check(check_issuer(edit.issuer))
    if edit.siret_claim and not (await settings_of(db, actor.authority_id)).siret:
        raise SiretNeeded


def _write(row: Connection, master: Key, edit: ConnectionEdit) -> None:
    row.secret = _secret(row, master, edit)
    row.kind, row.name = edit.kind, edit.name.strip() or edit.issuer
    row.issuer, row.client_id = edit.issuer, edit.client_id.strip()
    # Without it an answer bears no ID token (Core, section 3.1.2.1).
    row.scopes = list(dict.fromkeys(["openid", *edit.scopes]))
    row.acr_asked, row.acr_accepted = list(edit.acr_asked), list(edit.acr_accepted)
    row.siret_claim, row.trusts_email = edit.siret_claim.strip(), edit.trusts_email
    row.is_enabled = edit.is_enabled


def _secret(row: Connection, master: Key, edit: ConnectionEdit) -> SealedBytes:
    """The one that is given, or that was given for the same provider: no other ever gets it.

    Raises:
        SecretNeeded
    """
    place = f"connection.secret:{row.id}"
    held = master.open(row.secret, place) if row.issuer == edit.issuer else b""
    secret = edit.secret.strip().encode() or held
    if edit.is_enabled and not (secret and edit.client_id.strip()):
        raise SecretNeeded
    return master.seal(secret, place)
