"""Signing in by a provider, linking one to oneself, and deciding which an authority trusts."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, URLEncodedBody

from cartable.accounts.cookies import connecting_cookie, device_cookie, drop, keep
from cartable.accounts.guards import admitted, perhaps_signed_in, proved, signed_in
from cartable.accounts.notices import tell_new_device
from cartable.accounts.routes import ADMITTED, SIGNED_IN, UNSAFE
from cartable.accounts.routes.doors import guesser_of, session_cookies
from cartable.accounts.rules import AddressNotProven, DeviceSignedOut, LastWayIn, ProofNeeded
from cartable.actor import Actor, Person
from cartable.authorities.access import settings_of
from cartable.connections import access, rules
from cartable.connections.actions import checks, come_back, depart, leave, own, settings
from cartable.connections.actions.trusted import DOOR, return_address
from cartable.connections.oidc import Providers, open_providers
from cartable.connections.shapes import (
    AuthorityDoor,
    Away,
    Button,
    CameBack,
    Checks,
    ComingBack,
    Connection,
    ConnectionEdit,
    Connections,
    Departure,
    Farewell,
    LogoutNotice,
    OwnConnections,
)
from cartable.connections.tables import Connection as ConnectionRow
from cartable.errors import CrossSiteRequest, InvalidInput, NotFound, TooManyAttempts
from cartable.members.doors import AUTHORITY, BODY, ROLE, WRITE, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.web import refusals, runtime_of

CONNECTIONS = f"{AUTHORITY}/connections"
OWN = "/api/connections"
Self = NamedDependency[Person]
CALLING = (rules.AddressRefused, rules.ProviderUnreachable, rules.AnswerRefused)
MATCHING = (
    rules.AssuranceTooLow, rules.OrganisationRefused, rules.EmailNotVerified, rules.PersonUnknown,
    rules.MembershipOver, rules.SubjectChanged, rules.LinkNeeded, rules.IdentityTaken,
    rules.IdentityOfAnother, AddressNotProven, DeviceSignedOut,
)  # fmt: skip


async def _providers(request: Request[Any, Any, Any]) -> Providers:
    return await runtime_of(request).part(open_providers)


def _browser(request: Request[Any, Any, Any]) -> str:
    return request.cookies.get(connecting_cookie(runtime_of(request).settings), "")


def _away(request: Request[Any, Any, Any], browser: str, address: str) -> Response[Away]:
    """Where to go, and the mark by which this browser alone comes back."""
    held = runtime_of(request).settings
    seconds = int(rules.JOURNEY_LASTS.total_seconds())
    cookie = keep(held, connecting_cookie(held), browser, seconds)
    return Response(Away(address=address), status_code=201, cookies=[cookie])


@get("/api/door", summary="The ways in of an authority", responses=refusals(InvalidInput))
async def read_door(db: Db, authority: FromQuery[UUID | None] = None) -> AuthorityDoor:
    """For anybody: its buttons, whoever exists. Without `authority`: the only one of this server.

    One that does not exist looks like one without buttons.
    """
    found = await access.authority_at_door(db, authority)
    rows = (await db.scalars(access.connections_at_door(found))).all() if found else []
    if found is None or not rows:
        return AuthorityDoor(authority_id=None, authority_name="", buttons=[])
    buttons = msgspec.convert(rows, list[Button], from_attributes=True)
    return AuthorityDoor(authority_id=found.id, authority_name=found.name, buttons=buttons)


@post(
    f"{OWN}/{{connection_id:uuid}}/enter",
    summary="Go to a provider to sign in",
    responses=refusals(NotFound, TooManyAttempts, *CALLING, *UNSAFE),
)
async def depart_to_enter(
    request: Request[Any, Any, Any],
    connection_id: FromPath[UUID],
    data: JSONBody[Departure],
    db: Db,
    now: Now,
) -> Response[Away]:
    """The browser goes to the address, and comes back within ten minutes, once."""
    master, browser = runtime_of(request).master_key, _browser(request) or depart.new_browser()
    address = await depart.depart_to_enter(
        db, await _providers(request), master, connection_id, browser, data.email,
        guesser_of(request), now,
    )  # fmt: skip
    return _away(request, browser, address)


@post(
    f"{OWN}/{{connection_id:uuid}}/link",
    summary="Go to a provider to link it to one's account",
    guards=[admitted, proved],
    responses=refusals(*ADMITTED, ProofNeeded, CrossSiteRequest, NotFound, *CALLING),
)
async def depart_to_link(
    request: Request[Any, Any, Any],
    connection_id: FromPath[UUID],
    person: Self,
    db: Db,
    now: Now,
) -> Response[Away]:
    """From then on it signs its owner in, whatever the address it knows."""
    master, browser = runtime_of(request).master_key, _browser(request) or depart.new_browser()
    address = await depart.depart_to_link(
        db, await _providers(request), master, person, connection_id, browser, now
    )
    return _away(request, browser, address)


@post(
    f"{OWN}/{{connection_id:uuid}}/proof",
    summary="Go to a provider to show again that it is oneself",
    guards=[admitted],
    responses=refusals(
        *ADMITTED, CrossSiteRequest, NotFound, rules.StrongerWayThere, *CALLING
    ),
)  # fmt: skip
async def depart_to_prove(
    request: Request[Any, Any, Any],
    connection_id: FromPath[UUID],
    person: Self,
    db: Db,
    now: Now,
) -> Response[Away]:
    """For accounts that have neither password nor passkey; the provider asks who is there anew."""
    master, browser = runtime_of(request).master_key, _browser(request) or depart.new_browser()
    address = await depart.depart_to_prove(
        db, await _providers(request), master, person, connection_id, browser, now
    )
    return _away(request, browser, address)


@post(
    f"{OWN}/{{connection_id:uuid}}/return",
    summary="Come back from a provider",
    responses=refusals(
        rules.JourneyOver, rules.ProviderDeclined, NotFound, *CALLING, *MATCHING, *UNSAFE
    ),
)
async def return_from_provider(
    request: Request[Any, Any, Any],
    connection_id: FromPath[UUID],
    data: JSONBody[ComingBack],
    db: Db,
    now: Now,
) -> Response[CameBack]:
    """Does what the browser had left for, and opens a device session when it was to sign in."""
    runtime = runtime_of(request)
    person = await perhaps_signed_in(request, now)
    back = await come_back.come_back(
        db, await _providers(request), runtime.master_key, connection_id, data, _browser(request),
        person, now,
    )  # fmt: skip
    cookies: list[Cookie] = []
    if back.opened is not None:
        account, device, token = back.opened
        cookies = session_cookies(request, account, device, token)
        await tell_new_device(db, runtime.master_key, account, device, guesser_of(request), now)
    said = CameBack(purpose=back.purpose, authority_id=back.authority_id)
    return Response(said, status_code=201, cookies=cookies)


@get(
    OWN,
    summary="The providers that may open one's account",
    guards=[admitted],
    responses=refusals(*ADMITTED),
)
async def list_own_connections(person: Self, db: Db) -> OwnConnections:
    """Those of one's authorities, linked or not."""
    return await own.own_connections(db, person)


@delete(
    f"{OWN}/{{connection_id:uuid}}/link",
    summary="Take a provider away from one's account",
    guards=[admitted, proved],
    responses=refusals(*ADMITTED, ProofNeeded, CrossSiteRequest, NotFound, LastWayIn),
)
async def unlink_connection(connection_id: FromPath[UUID], person: Self, db: Db, now: Now) -> None:
    """It opens the account no more; never the last way in."""
    await own.unlink(db, person, connection_id, now)


@post(
    "/api/sign-out/provider",
    summary="Sign this device out, here and at the provider",
    guards=[signed_in],
    responses=refusals(*SIGNED_IN, CrossSiteRequest),
)
async def leave_provider(
    request: Request[Any, Any, Any], person: Self, db: Db, now: Now
) -> Response[Farewell]:
    """Closes this device's session; `address` closes the provider's, when it opened this one."""
    runtime = runtime_of(request)
    address = await leave.leave(db, await _providers(request), runtime.master_key, person, now)
    cookie = drop(runtime.settings, device_cookie(runtime.settings))
    return Response(Farewell(address=address), status_code=201, cookies=[cookie])


@post(
    f"{OWN}/{{connection_id:uuid}}/logout",
    summary="A provider says that a session was closed there",
    status_code=200,
    opt={"is_for_servers": True},
    include_in_schema=False,
    responses=refusals(
        NotFound, rules.LogoutRefused, rules.AddressRefused, rules.ProviderUnreachable,
        InvalidInput,
    ),
)  # fmt: skip
async def obey_logout(
    request: Request[Any, Any, Any],
    connection_id: FromPath[UUID],
    data: URLEncodedBody[LogoutNotice],
    db: Db,
    now: Now,
) -> None:
    """OpenID Connect Back-Channel Logout 1.0: signs out the devices that the session opened."""
    await leave.obey_logout(
        db, await _providers(request), runtime_of(request).master_key, connection_id,
        data.logout_token, now,
    )  # fmt: skip


def _shown(row: ConnectionRow, origin: str) -> Connection:
    of_row = {
        name: getattr(row, name)
        for name in Connection.__struct_fields__
        if not name.endswith("_address")
    }
    return Connection(
        **of_row,
        redirect_address=return_address(row.id, origin),
        after_sign_out_address=f"{origin}{DOOR}",
        logout_address=f"{origin}{OWN}/{row.id}/logout",
    )


async def _all(db: Any, actor: Actor, origin: str) -> Connections:
    rows = (await db.scalars(access.readable_connections(actor))).all()
    return Connections(
        door_address=f"{origin}{DOOR}/{actor.authority_id}",
        has_siret=bool((await settings_of(db, actor.authority_id)).siret),
        connections=[_shown(row, origin) for row in rows],
    )


@get(
    CONNECTIONS,
    summary="The providers that an authority trusts",
    guards=[member_only],
    responses=refusals(*ROLE),
)
async def list_connections(request: Request[Any, Any, Any], db: Db, actor: Asker) -> Connections:
    """Never their secrets."""
    return await _all(db, actor, runtime_of(request).settings.address)


DECIDING = (
    *BODY, ProofNeeded, rules.AddressRefused, rules.SiretNeeded, rules.SecretNeeded,
)  # fmt: skip


@post(
    CONNECTIONS,
    summary="Trust a provider",
    guards=[member_only, proved],
    responses=refusals(*DECIDING, rules.TooManyConnections),
)
async def add_connection(
    request: Request[Any, Any, Any], data: JSONBody[ConnectionEdit], db: Db, actor: Asker, now: Now
) -> Connection:
    """Its secret is sealed, and shown to nobody again."""
    runtime, caller = runtime_of(request), (await _providers(request)).caller
    row = await settings.add_connection(db, actor, runtime.master_key, caller, data, now)
    return _shown(row, runtime.settings.address)


@put(
    f"{CONNECTIONS}/{{connection_id:uuid}}",
    summary="Describe a provider anew",
    guards=[member_only, proved],
    responses=refusals(*DECIDING),
)
async def edit_connection(
    request: Request[Any, Any, Any],
    connection_id: FromPath[UUID],
    data: JSONBody[ConnectionEdit],
    db: Db,
    actor: Asker,
) -> Connection:
    """Without a secret the one that is there stays, unless the provider is another."""
    runtime, caller = runtime_of(request), (await _providers(request)).caller
    row = await settings.edit_connection(db, actor, runtime.master_key, caller, connection_id, data)
    return _shown(row, runtime.settings.address)


@delete(
    f"{CONNECTIONS}/{{connection_id:uuid}}",
    summary="Trust a provider no more",
    guards=[member_only, proved],
    responses=refusals(*WRITE, ProofNeeded),
)
async def remove_connection(connection_id: FromPath[UUID], db: Db, actor: Asker) -> None:
    """Its button goes; the sessions that it opened go on."""
    await settings.remove_connection(db, actor, connection_id)


@post(
    f"{CONNECTIONS}/{{connection_id:uuid}}/checks",
    summary="Look at a provider",
    status_code=200,
    guards=[member_only, proved],
    responses=refusals(*WRITE, ProofNeeded),
)
async def check_connection(
    request: Request[Any, Any, Any], connection_id: FromPath[UUID], db: Db, actor: Asker
) -> Checks:
    """What it publishes, and whether it takes our identifier and secret; nobody signs in."""
    providers, master = await _providers(request), runtime_of(request).master_key
    found = await checks.look_at(db, actor, providers, master, connection_id)
    return Checks(checks=found)


handlers = [
    read_door, depart_to_enter, depart_to_link, depart_to_prove, return_from_provider,
    list_own_connections, unlink_connection, leave_provider, obey_logout, list_connections,
    add_connection, edit_connection, remove_connection, check_connection,
]  # fmt: skip
