"""An invitation, by whoever opens its link: signed in or not."""

from typing import Any

from litestar import Request, Response, post
from litestar.params import JSONBody

from cartable.accounts.guards import perhaps_signed_in
from cartable.accounts.routes.doors import session_cookies
from cartable.accounts.rules import (
    PasswordTooCommon,
    PasswordTooShort,
    SecondStepNeeded,
    TicketCancelled,
    TicketExpired,
    TicketUnknown,
    TicketUsed,
)
from cartable.authorities.rules import AuthoritySuspended
from cartable.errors import CrossSiteRequest, InvalidInput, NotSignedIn
from cartable.members.actions import accept, invite
from cartable.members.doors import Db, Now
from cartable.members.rules import InvitationOfAnother, MembershipEnded
from cartable.members.shapes import Acceptance, Entered, Invitation, InvitationSecret
from cartable.web import refusals

OPENING = (
    TicketUnknown, TicketUsed, TicketCancelled, TicketExpired, MembershipEnded, AuthoritySuspended,
)  # fmt: skip


@post(
    "/api/invitation/read",
    summary="See what an invitation is for",
    status_code=200,
    responses=refusals(*OPENING, CrossSiteRequest, InvalidInput),
)
async def read_invitation(data: JSONBody[InvitationSecret], db: Db, now: Now) -> Invitation:
    """Changes nothing. A POST, so that the secret stands in no address."""
    opened = await invite.read_invitation(db, data.secret, now)
    return Invitation(
        authority_name=opened.authority.name,
        civility=opened.account.civility,
        first_name=opened.account.first_name,
        last_name=opened.account.last_name,
        email=opened.account.email,
        expires_at=opened.ticket.expires_at,
        must_sign_in=opened.must_sign_in,
        is_renewal=opened.ticket.is_renewal,
    )


@post(
    "/api/invitation/accept",
    summary="Accept an invitation",
    responses=refusals(
        *OPENING, NotSignedIn, InvitationOfAnother, PasswordTooShort, PasswordTooCommon,
        SecondStepNeeded, CrossSiteRequest, InvalidInput,
    ),
)  # fmt: skip
async def accept_invitation(
    request: Request[Any, Any, Any], data: JSONBody[Acceptance], db: Db, now: Now
) -> Response[Entered]:
    """Proves the address, opens the authority, and a session unless one is open already.

    A lost password is renewed so too: when a second step follows it, that step opens the session.
    """
    person = await perhaps_signed_in(request, now)
    done = await accept.accept_invitation(
        db, data.secret, data.password, data.device_name, person, now
    )
    cookies = session_cookies(request, done.account, done.device, done.token) if done.device else []
    entered = Entered(account_id=done.account.id, authority_id=done.authority_id)
    return Response(entered, status_code=201, cookies=cookies)


handlers = [read_invitation, accept_invitation]
