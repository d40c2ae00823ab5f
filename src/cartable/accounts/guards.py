"""The guards of routes: somebody is signed in, with a password of their own."""

from datetime import UTC, datetime, timedelta
from typing import Any

from litestar.handlers import BaseRouteHandler

from cartable.accounts.access import signed_in_person
from cartable.accounts.actions import seen
from cartable.accounts.cookies import device_cookie
from cartable.accounts.rules import (
    DEVICES,
    AnotherAccount,
    DeviceSignedOut,
    Limits,
    ProofNeeded,
    TooManyDevices,
)
from cartable.actor import Person
from cartable.database import begin_read, end
from cartable.errors import NotSignedIn
from cartable.settings import Settings
from cartable.web import Connection, runtime_of, session_of

_SEEN_EVERY = timedelta(minutes=5)


async def known_device(connection: Connection, _handler: BaseRouteHandler) -> None:
    """The request comes from a device we know, even one that was signed out.

    A page names its account in our own header (`1`: whoever is there). All pages of a browser share
    one cookie: without that, one left open would file another person's papers as its own.

    Raises:
        NotSignedIn, Revoked, AnotherAccount
    """
    runtime = runtime_of(connection)
    token = connection.cookies.get(device_cookie(runtime.settings))
    if not token:
        raise NotSignedIn
    db = session_of(connection)
    await begin_read(db)
    now = datetime.now(UTC)
    found = await signed_in_person(db, token, now, limits_of(runtime.settings))
    if found is None:
        raise NotSignedIn
    person, last_seen = found
    if connection.headers.get("x-cartable", "1") not in ("1", str(person.account_id)):
        raise AnotherAccount
    if now - last_seen > _SEEN_EVERY and not person.is_signed_out:
        await seen(db, person.device_id, now)
        await end(db, commit=True)
        await begin_read(db)
    scope: Any = connection.scope
    scope["user"] = person


async def signed_in(connection: Connection, handler: BaseRouteHandler) -> None:
    """Somebody is signed in.

    Raises:
        NotSignedIn, AnotherAccount, DeviceSignedOut
    """
    await known_device(connection, handler)
    if person_of(connection).is_signed_out:
        raise DeviceSignedOut


async def admitted(connection: Connection, handler: BaseRouteHandler) -> None:
    """Somebody is signed in, on no more devices than they may.

    Raises:
        NotSignedIn, AnotherAccount, DeviceSignedOut, TooManyDevices
    """
    await signed_in(connection, handler)
    refuse_extra(person_of(connection))


def refuse_extra(person: Person) -> None:
    """A device that came in beyond the maximum may only make room.

    Raises:
        TooManyDevices
    """
    if person.is_extra:
        raise TooManyDevices(maximum=DEVICES)


async def proved(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Whoever holds this device showed who they are a moment ago; after another guard of ours.

    Raises:
        ProofNeeded
    """
    want_proof(connection)


def want_proof(connection: Connection) -> None:
    """The same, for a route that weighs much with some bodies only.

    Raises:
        ProofNeeded
    """
    settings = runtime_of(connection).settings
    if datetime.now(UTC) - person_of(connection).proved_at > settings.proof_lasts:
        raise ProofNeeded


async def perhaps_signed_in(connection: Connection, now: datetime) -> Person | None:
    """Who is signed in, if anybody: for routes that serve both."""
    token = connection.cookies.get(device_cookie(runtime_of(connection).settings))
    if not token:
        return None
    limits = limits_of(runtime_of(connection).settings)
    found = await signed_in_person(session_of(connection), token, now, limits)
    return found[0] if found and not found[0].is_signed_out else None


def limits_of(settings: Settings) -> Limits:
    """How long sessions last on this installation."""
    return Limits(
        idle=timedelta(days=settings.session_idle_days),
        absolute=timedelta(days=settings.session_days),
        desk=timedelta(hours=settings.desk_hours),
    )


def person_of(connection: Connection) -> Person:
    """Who asks, once a guard let them in."""
    person: Person = connection.scope["user"]
    return person
