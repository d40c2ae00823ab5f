"""Signing in by a link, by its code, by a clerk's code; whether an authority allows links."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post, put
from litestar.params import FromPath, JSONBody

from cartable.accounts.cookies import asking_cookie, keep
from cartable.accounts.guards import proved
from cartable.accounts.routes.doors import guesser_of, opened
from cartable.accounts.rules import (
    LIFETIMES,
    AnotherBrowser,
    CodeWrong,
    ProofNeeded,
    TicketCancelled,
    TicketExpired,
    TicketUnknown,
    TicketUsed,
)
from cartable.accounts.shapes import SignedIn
from cartable.accounts.tickets import shown_code
from cartable.errors import CrossSiteRequest, InvalidInput, TooManyAttempts
from cartable.members.access import allow
from cartable.members.actions import links
from cartable.members.actions.give_code import give_code
from cartable.members.doors import AUTHORITY, BODY, ROLE, WRITE, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.members.rules import (
    AccountShared,
    CodeNotForThem,
    CodesAreOn,
    MembershipEnded,
    NotAcceptedYet,
)
from cartable.members.shapes import (
    GivenCode,
    LinkAsked,
    LinkOpened,
    LinkSwitch,
    TypedCode,
)
from cartable.web import refusals, runtime_of

OVER = (TicketUsed, TicketCancelled, TicketExpired)
UNSAFE = (CrossSiteRequest, InvalidInput)


def _browser(request: Request[Any, Any, Any]) -> str:
    return request.cookies.get(asking_cookie(runtime_of(request).settings), "")


@post(
    "/api/link",
    summary="Ask for a link by e-mail",
    status_code=204,
    responses=refusals(TooManyAttempts, *UNSAFE),
)
async def ask_link(
    request: Request[Any, Any, Any], data: JSONBody[LinkAsked], db: Db, now: Now
) -> Response[None]:
    """The same answer, as soon, whether the address is somebody's or not."""
    runtime = runtime_of(request)
    browser = _browser(request) or links.new_browser()
    await links.ask_link(db, runtime.master_key, data.email, browser, guesser_of(request), now)
    seconds = int(LIFETIMES["magic_link"].total_seconds())
    cookie = keep(runtime.settings, asking_cookie(runtime.settings), browser, seconds)
    return Response(None, status_code=204, cookies=[cookie])


@post(
    "/api/link/open",
    summary="Sign in by the link of a message",
    responses=refusals(TicketUnknown, *OVER, AnotherBrowser, *UNSAFE),
)
async def open_link(
    request: Request[Any, Any, Any], data: JSONBody[LinkOpened], db: Db, now: Now
) -> Response[SignedIn]:
    """In the browser that asked. Nothing else than this POST opens: scanners follow links."""
    done = await links.open_link(db, data.secret, _browser(request), data.device_name, now)
    return await opened(request, *done)


@post(
    "/api/link/code",
    summary="Sign in by the code of a message",
    responses=refusals(CodeWrong, *OVER, TooManyAttempts, *UNSAFE),
)
async def open_mailed_code(
    request: Request[Any, Any, Any], data: JSONBody[TypedCode], db: Db, now: Now
) -> Response[SignedIn]:
    """For links that open outside the installed application. After five wrong codes one waits, or
    asks for another message."""
    done = await links.open_mailed_code(
        db,
        runtime_of(request).master_key,
        data.code,
        _browser(request),
        data.device_name,
        guesser_of(request),
        now,
    )
    return await opened(request, *done)


@post(
    "/api/code",
    summary="Sign in by a code that a clerk gave",
    responses=refusals(CodeWrong, *OVER, TooManyAttempts, *UNSAFE),
)
async def open_given_code(
    request: Request[Any, Any, Any], data: JSONBody[TypedCode], db: Db, now: Now
) -> Response[SignedIn]:
    """Opens once, within 15 minutes."""
    master = runtime_of(request).master_key
    done = await links.open_given_code(
        db, master, data.code, data.device_name, guesser_of(request), now
    )
    return await opened(request, *done)


@post(
    f"{AUTHORITY}/members/{{member_id:uuid}}/code",
    summary="Give a member a code to sign in once",
    guards=[member_only, proved],
    responses=refusals(
        *WRITE, ProofNeeded, MembershipEnded, NotAcceptedYet, CodeNotForThem, AccountShared,
        CodesAreOn,
    ),
)  # fmt: skip
async def give_member_code(
    request: Request[Any, Any, Any], member_id: FromPath[UUID], db: Db, actor: Asker, now: Now
) -> GivenCode:
    """Shown once. For members who neither prepare nor administer, and belong to no other."""
    allow(actor, "clerk")
    issued = await give_code(db, actor, runtime_of(request).master_key, member_id, now)
    return GivenCode(code=shown_code(issued.code), expires_at=issued.expires_at)


@get(
    f"{AUTHORITY}/links",
    summary="Whether councillors sign in by a link",
    guards=[member_only],
    responses=refusals(*ROLE),
)
async def read_link_switch(actor: Asker, db: Db) -> LinkSwitch:
    """Off until an administrator allows it."""
    allow(actor, "admin")
    return LinkSwitch(is_enabled=await links.are_links_enabled(db, actor))


@put(
    f"{AUTHORITY}/links",
    summary="Let councillors sign in by a link, or not",
    guards=[member_only, proved],
    responses=refusals(*BODY),
)
async def switch_links(actor: Asker, data: JSONBody[LinkSwitch], db: Db, now: Now) -> LinkSwitch:
    """Those of other authorities too need theirs to allow it: a link opens them all."""
    allow(actor, "admin")
    await links.switch_links(db, actor, data.is_enabled, now)
    return data


handlers = [
    ask_link, open_link, open_mailed_code, open_given_code, give_member_code, read_link_switch,
    switch_links,
]  # fmt: skip
