"""Signing out on both sides: here and at the provider, whichever comes first."""

import hashlib
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.actions import sign_out
from cartable.accounts.tables import Device
from cartable.actor import Person
from cartable.audit.actions import record_for_account
from cartable.connections.actions.trusted import DOOR, trusted_of
from cartable.connections.oidc import Providers, check_logout_token
from cartable.connections.rules import FRESH, LEEWAY, AnswerRefused, LogoutRefused
from cartable.connections.tables import Connection, LogoutSeen, ProviderSession
from cartable.database import begin_write, end
from cartable.errors import CartableError, NotFound
from cartable.sealing import Key


async def leave(
    db: AsyncSession, providers: Providers, master: Key, person: Person, now: datetime
) -> str | None:
    """Close this device's session; where the provider closes its own, if it opened this one.

    A provider that does not answer keeps nobody signed in here.
    """
    await begin_write(db)
    found = await db.get(ProviderSession, person.device_id)
    held = None
    if found is not None:
        place = f"provider_session.id_token:{person.device_id}"
        held = (found.issuer, found.client_id, master.open(found.id_token, place).decode())
        await db.delete(found)
    await sign_out(db, person, now)
    await end(db, commit=True)
    if held is None:
        return None
    issuer, client_id, id_token = held
    try:
        provider = await providers.meet(issuer)
    except CartableError:
        return None
    if not provider.end_session:
        return None
    said = {
        "id_token_hint": id_token,
        "client_id": client_id,
        "post_logout_redirect_uri": f"{db.info['origin']}{DOOR}",
        "state": secrets.token_urlsafe(32),
    }
    glue = "&" if "?" in provider.end_session else "?"
    return f"{provider.end_session}{glue}{urlencode(said)}"


async def obey_logout(
    db: AsyncSession,
    providers: Providers,
    master: Key,
    connection_id: UUID,
    logout_token: str,
    now: datetime,
) -> None:
    """A session was closed at the provider: so are those that it opened here.

    Raises:
        NotFound: no such connection.
        LogoutRefused: not a logout token of its provider for us, too old, or obeyed already.
        AddressRefused, ProviderUnreachable
    """
    row = await db.get(Connection, connection_id)
    if row is None:
        raise NotFound
    trusted = trusted_of(row, master, db.info["origin"])
    await end(db, commit=True)
    try:
        provider = await providers.meet(trusted.issuer)
        token = await providers.opened(provider, logout_token)
        claims = check_logout_token(token, provider, trusted.client, int(now.timestamp()))
    except AnswerRefused as why:
        raise LogoutRefused(**why.details) from why
    await begin_write(db)
    await _once(db, f"{trusted.issuer}|{trusted.client.id}|{claims['jti']}", now)
    theirs = (
        select(Device.id, Device.account_id)
        .join(ProviderSession, ProviderSession.device_id == Device.id)
        .where(
            ProviderSession.issuer == trusted.issuer,
            ProviderSession.client_id == trusted.client.id,
            Device.signed_out_at.is_(None),
        )
    )
    for name, column in (("sid", ProviderSession.sid), ("sub", ProviderSession.subject)):
        if name in claims:
            theirs = theirs.where(column == claims[name])
    for device_id, account_id in (await db.execute(theirs)).all():
        await sign_out(db, Person(account_id=account_id, device_id=device_id), now)
        await record_for_account(db, account_id, device_id, "account.closed_by_provider", device_id)


async def _once(db: AsyncSession, name: str, now: datetime) -> None:
    """Remember a token for as long as it could be shown again.

    Raises:
        LogoutRefused: it was.
    """
    await db.execute(delete(LogoutSeen).where(LogoutSeen.expires_at <= now))
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    seen = insert(LogoutSeen).values(
        id=hashlib.sha256(name.encode()).hexdigest(),
        expires_at=now + timedelta(seconds=FRESH + 3 * LEEWAY),
    )
    done = await db.execute(seen.on_conflict_do_nothing().returning(LogoutSeen.id))
    if done.first() is None:
        raise LogoutRefused(check="replay")
