"""Signing in and out, and showing again who is there."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from cartable.accounts import actions
from cartable.accounts.cookies import device_cookie, drop
from cartable.accounts.guards import admitted, person_of, signed_in
from cartable.accounts.routes.doors import (
    ADMITTED,
    SIGNED_IN,
    UNSAFE,
    Db,
    Now,
    guesser_of,
    opened,
)
from cartable.accounts.rules import WrongCredentials
from cartable.accounts.shapes import Credentials, Proof, SignedIn
from cartable.actor import Person
from cartable.errors import CrossSiteRequest, TooManyAttempts
from cartable.web import refusals, runtime_of


@post(
    "/api/sign-in",
    summary="Sign in with an address and a password",
    responses=refusals(WrongCredentials, TooManyAttempts, *UNSAFE),
)
async def sign_in(
    request: Request[Any, Any, Any], data: JSONBody[Credentials], db: Db, now: Now
) -> Response[SignedIn]:
    """Opens a device session; its secret travels in an HttpOnly cookie and nowhere else."""
    master = runtime_of(request).master_key
    return opened(request, *await actions.sign_in(db, master, data, guesser_of(request), now))


@post(
    "/api/sign-out",
    summary="Sign this device out",
    status_code=204,
    guards=[signed_in],
    responses=refusals(*SIGNED_IN, CrossSiteRequest),
)
async def sign_out(request: Request[Any, Any, Any], db: Db, now: Now) -> Response[None]:
    """Closes this device's session and takes its cookie back."""
    settings = runtime_of(request).settings
    await actions.sign_out(db, person_of(request), now)
    return Response(None, status_code=204, cookies=[drop(settings, device_cookie(settings))])


@post(
    "/api/proof",
    summary="Show again that it is you",
    status_code=204,
    guards=[admitted],
    responses=refusals(*ADMITTED, WrongCredentials, TooManyAttempts, *UNSAFE),
)
async def prove(
    request: Request[Any, Any, Any],
    person: NamedDependency[Person],
    data: JSONBody[Proof],
    db: Db,
    now: Now,
) -> None:
    """Opens what answers `proof_needed` for a few minutes, on this device."""
    await actions.prove(db, runtime_of(request).master_key, person, data, now)


handlers = [sign_in, sign_out, prove]
