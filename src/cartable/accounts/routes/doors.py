"""What the routes about oneself share: what any of them may refuse, and where a guess is from."""

from datetime import datetime
from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.cookies import address_of, device_cookie, keep, mark_cookie
from cartable.accounts.notices import tell_new_device
from cartable.accounts.rules import AnotherAccount, DeviceSignedOut, Revoked, TooManyDevices
from cartable.accounts.shapes import SignedIn
from cartable.accounts.tables import Account, Device
from cartable.accounts.throttle import Guesser, mark_for
from cartable.accounts.webauthn import Party, party_at
from cartable.errors import CrossSiteRequest, InvalidInput, NotSignedIn
from cartable.web import runtime_of, session_of

Db = NamedDependency[AsyncSession]
Now = NamedDependency[datetime]
SIGNED_IN = (NotSignedIn, AnotherAccount, DeviceSignedOut, Revoked)
ADMITTED = (*SIGNED_IN, TooManyDevices)
UNSAFE = (CrossSiteRequest, InvalidInput)


def guesser_of(request: Request[Any, Any, Any]) -> Guesser:
    """Where a guess comes from."""
    settings = runtime_of(request).settings
    mark = request.cookies.get(mark_cookie(settings), "")
    return Guesser(address_of(request, settings), mark)


def party_of(request: Request[Any, Any, Any]) -> Party:
    """The relying party that passkeys are made for."""
    return party_at(runtime_of(request).settings.address)


def session_cookies(
    request: Request[Any, Any, Any], account: Account, device: Device, token: str
) -> list[Cookie]:
    """The secret of a session that was just opened, and the mark of the browser it is in."""
    settings, master = runtime_of(request).settings, runtime_of(request).master_key
    return [
        keep(settings, device_cookie(settings), token),
        keep(settings, mark_cookie(settings), mark_for(master, account.email, device.id)),
    ]


async def opened(
    request: Request[Any, Any, Any], account: Account, device: Device, token: str
) -> Response[SignedIn]:
    """The answer to whoever signed in, whatever the way in; they are told of a new device."""
    db, master = session_of(request), runtime_of(request).master_key
    await tell_new_device(db, master, account, device, guesser_of(request), device.created_at)
    return Response(
        SignedIn(
            account_id=account.id,
            device_id=device.id,
        ),
        status_code=201,
        cookies=session_cookies(request, account, device, token),
    )
