"""Going to a provider: what the browser takes along, and what is kept until it is back."""

import secrets
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.actions.passkeys import has_passkey
from cartable.accounts.passwords import token_hash
from cartable.accounts.tables import Account
from cartable.accounts.throttle import PER_KNOWN_AT_DOOR, Guesser, buckets_at_door, take_guess
from cartable.actor import Person
from cartable.connections.access import open_connection
from cartable.connections.actions.own import linked_identity
from cartable.connections.actions.trusted import Trusted, trusted_of
from cartable.connections.oidc import Providers, authorization_address
from cartable.connections.rules import JOURNEY_LASTS, StrongerWayThere
from cartable.connections.shapes import Purpose
from cartable.connections.tables import Journey
from cartable.database import begin_write, end
from cartable.errors import NotFound
from cartable.members.access import readable_memberships
from cartable.sealing import Key
from cartable.tenancy import across_authorities

PER_NETWORK = 300
"""Departures from one network in 15 minutes: a whole council behind one router, four times."""

TELLS_TIME = str(30 * 24 * 3600)
"""A `max_age` in seconds long enough to ask nothing of anybody: a provider that is given one says
when its person signed in (Core, section 3.1.2.1)."""


class Luggage(msgspec.Struct):
    """What a journey seals."""

    nonce: str
    verifier: str


async def depart_to_enter(
    db: AsyncSession,
    providers: Providers,
    master: Key,
    connection_id: UUID,
    browser: str,
    email: str,
    guesser: Guesser,
    now: datetime,
) -> str:
    """Where somebody who wants to sign in is sent. `browser`: the secret of its cookie.

    Raises:
        NotFound, TooManyAttempts, AddressRefused, ProviderUnreachable, AnswerRefused
    """
    buckets = buckets_at_door(master, "journey", guesser, PER_NETWORK, PER_KNOWN_AT_DOOR)
    await take_guess(db, buckets, now)
    await end(db, commit=True)
    trusted = await _open(db, master, connection_id)
    return await _leave(db, providers, master, trusted, "enter", browser, None, now, hint=email)


async def depart_to_link(
    db: AsyncSession,
    providers: Providers,
    master: Key,
    person: Person,
    connection_id: UUID,
    browser: str,
    now: datetime,
) -> str:
    """Where somebody who links a provider to their account is sent.

    Raises:
        NotFound: unknown, or of an authority where they are no member.
        AddressRefused, ProviderUnreachable, AnswerRefused
    """
    trusted = await _open(db, master, connection_id)
    async with across_authorities(db, "memberships", person.account_id):
        rows = (await db.execute(readable_memberships(person))).all()
    if trusted.authority_id not in {authority.id for _, authority in rows}:
        raise NotFound
    return await _leave(db, providers, master, trusted, "link", browser, person, now)


async def depart_to_prove(
    db: AsyncSession,
    providers: Providers,
    master: Key,
    person: Person,
    connection_id: UUID,
    browser: str,
    now: datetime,
) -> str:
    """Where somebody is sent who has no other way to show again that it is them.

    Raises:
        NotFound: unknown, or not linked to the account.
        StrongerWayThere
        AddressRefused, ProviderUnreachable, AnswerRefused
    """
    trusted = await _open(db, master, connection_id)
    if await linked_identity(db, person.account_id, trusted.issuer, trusted.client.id) is None:
        raise NotFound
    account = await db.get_one(Account, person.account_id)
    if account.password_hash is not None or await has_passkey(db, person.account_id):
        raise StrongerWayThere
    return await _leave(db, providers, master, trusted, "prove", browser, person, now)


async def _open(db: AsyncSession, master: Key, connection_id: UUID) -> Trusted:
    row = await open_connection(db, connection_id)
    return trusted_of(row, master, db.info["origin"])


async def _leave(
    db: AsyncSession,
    providers: Providers,
    master: Key,
    trusted: Trusted,
    purpose: Purpose,
    browser: str,
    person: Person | None,
    now: datetime,
    hint: str = "",
) -> str:
    # Nothing of the database is held while a provider is waited for.
    await end(db, commit=True)
    provider = await providers.meet(trusted.issuer)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    await begin_write(db)
    await db.execute(delete(Journey).where(Journey.expires_at <= now))
    name = token_hash(state)
    kept = msgspec.json.encode(Luggage(nonce, verifier))
    journey = Journey(
        id=name,
        connection_id=trusted.id,
        purpose=purpose,
        browser_hash=token_hash(browser),
        sealed=master.seal(kept, f"journey.sealed:{name}"),
        account_id=person.account_id if person else None,
        device_id=person.device_id if person else None,
        created_at=now,
        expires_at=now + JOURNEY_LASTS,
    )
    db.add(journey)
    await db.flush()
    fresh = {"prompt": "login", "max_age": "0"} if purpose == "prove" else {"max_age": TELLS_TIME}
    return authorization_address(
        provider,
        trusted.client,
        state,
        verifier,
        nonce=nonce,
        scope=" ".join(trusted.scopes),
        acr_values=" ".join(trusted.acr_asked),
        login_hint=hint.strip(),
        **fresh,
    )


def new_browser() -> str:
    """A secret for the cookie of a browser that leaves."""
    return secrets.token_urlsafe(32)
