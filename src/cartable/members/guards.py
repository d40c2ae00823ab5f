"""The guard of an authority's routes: the person is a member of it."""

from datetime import UTC, datetime
from typing import Any

from litestar import Request
from litestar.handlers import BaseRouteHandler

from cartable.accounts.guards import admitted, known_device, person_of, refuse_extra
from cartable.accounts.rules import KEPT_SIGNED_OUT, Revoked
from cartable.actor import Actor
from cartable.errors import NotFound
from cartable.members.access import actor_in
from cartable.members.actions.devices import seen_leaving
from cartable.web import Connection, path_id, session_of


async def member_only(connection: Connection, handler: BaseRouteHandler) -> None:
    """An active member of the authority named in the path.

    Raises:
        NotSignedIn, AnotherAccount, DeviceSignedOut, TooManyDevices, NotFound, AuthoritySuspended
    """
    await admitted(connection, handler)
    if (await _find(connection)).is_ended:
        raise NotFound


async def present_or_past_member(connection: Connection, handler: BaseRouteHandler) -> None:
    """A member, or somebody whose view is empty now: what a pull must be able to say.

    For 30 days their tablets still empty themselves, and give what was never sent.

    Raises:
        NotSignedIn, AnotherAccount, TooManyDevices, NotFound, AuthoritySuspended
        Revoked: those days are over (sync.md, section 4).
    """
    await known_device(connection, handler)
    refuse_extra(person_of(connection))
    actor = await _find(connection)
    now = datetime.now(UTC)
    if actor.ended_at and actor.ended_at < now - KEPT_SIGNED_OUT:
        raise Revoked
    if actor.is_ended:
        await seen_leaving(session_of(connection), actor, now)


async def _find(connection: Connection) -> Actor:
    authority_id = path_id(connection, "authority_id")
    actor = await actor_in(session_of(connection), person_of(connection), authority_id)
    scope: Any = connection.scope
    scope["actor"] = actor
    return actor


async def actor_of(request: Request[Any, Any, Any]) -> Actor:
    """Who asks, as a member of the authority; a guard found them."""
    scope: Any = request.scope
    actor: Actor = scope["actor"]
    return actor
