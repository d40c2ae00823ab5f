"""Signing in and out, one's password and devices."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts import actions
from cartable.accounts.access import readable_devices
from cartable.accounts.cookies import address_of, device_cookie, drop, keep, mark_cookie
from cartable.accounts.guards import admitted, person_of, signed_in
from cartable.accounts.rules import (
    AnotherAccount,
    DeviceSignedOut,
    PasswordMustChange,
    PasswordTooCommon,
    PasswordTooShort,
    PasswordUnchanged,
    Revoked,
    WrongCredentials,
)
from cartable.accounts.shapes import (
    Credentials,
    Device,
    DeviceEdit,
    PasswordChange,
    Proof,
    SignedIn,
)
from cartable.accounts.tables import Device as DeviceRow
from cartable.accounts.throttle import Guesser, mark_for
from cartable.actor import Person
from cartable.errors import CrossSiteRequest, InvalidInput, NotFound, NotSignedIn, TooManyAttempts
from cartable.web import refusals, runtime_of

Db = NamedDependency[AsyncSession]
Now = NamedDependency[datetime]
SIGNED_IN = (NotSignedIn, AnotherAccount, DeviceSignedOut, Revoked)
ADMITTED = (*SIGNED_IN, PasswordMustChange)
UNSAFE = (CrossSiteRequest, InvalidInput)


@post(
    "/api/sign-in",
    summary="Sign in with an address and a password",
    responses=refusals(WrongCredentials, TooManyAttempts, *UNSAFE),
)
async def sign_in(
    request: Request[Any, Any, Any], data: JSONBody[Credentials], db: Db, now: Now
) -> Response[SignedIn]:
    """Opens a device session; its secret travels in an HttpOnly cookie and nowhere else."""
    runtime = runtime_of(request)
    settings, master = runtime.settings, runtime.master_key
    mark = request.cookies.get(mark_cookie(settings), "")
    guesser = Guesser(address_of(request, settings), mark)
    account, device, token = await actions.sign_in(db, master, data, guesser, now)
    return Response(
        SignedIn(
            account_id=account.id,
            device_id=device.id,
            must_change_password=account.must_change_password,
        ),
        status_code=201,
        cookies=[
            keep(settings, device_cookie(settings), token),
            keep(settings, mark_cookie(settings), mark_for(master, account.email, device.id)),
        ],
    )


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
    "/api/password",
    summary="Choose a new password",
    status_code=204,
    guards=[signed_in],
    responses=refusals(
        *SIGNED_IN, WrongCredentials, TooManyAttempts, PasswordTooShort, PasswordTooCommon,
        PasswordUnchanged, *UNSAFE,
    ),
)  # fmt: skip
async def change_password(
    request: Request[Any, Any, Any],
    person: NamedDependency[Person],
    data: JSONBody[PasswordChange],
    db: Db,
    now: Now,
) -> None:
    """Every other device of the account is signed out."""
    await actions.change_password(db, runtime_of(request).master_key, person, data, now)


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


@get(
    "/api/devices",
    summary="List one's signed-in devices",
    guards=[admitted],
    responses=refusals(*ADMITTED),
)
async def list_devices(person: NamedDependency[Person], db: Db) -> list[Device]:
    """Last seen first."""
    return [_device(row, person) for row in await db.scalars(readable_devices(person))]


@patch(
    "/api/devices/{device_id:uuid}",
    summary="Rename one of one's devices",
    guards=[admitted],
    responses=refusals(*ADMITTED, NotFound, *UNSAFE),
)
async def rename_device(
    person: NamedDependency[Person],
    device_id: FromPath[UUID],
    data: JSONBody[DeviceEdit],
    db: Db,
) -> Device:
    """A name its owner recognises."""
    return _device(await actions.rename_device(db, person, device_id, data.name), person)


@delete(
    "/api/devices/{device_id:uuid}",
    summary="Sign one of one's devices out",
    guards=[admitted],
    responses=refusals(*ADMITTED, NotFound, CrossSiteRequest),
)
async def sign_out_device(
    person: NamedDependency[Person], device_id: FromPath[UUID], db: Db, now: Now
) -> None:
    """That device empties itself at its next contact."""
    await actions.sign_out_device(db, person, device_id, now)


@post(
    "/api/devices/sign-out-others",
    summary="Sign all one's other devices out",
    status_code=204,
    guards=[admitted],
    responses=refusals(*ADMITTED, CrossSiteRequest),
)
async def sign_out_other_devices(person: NamedDependency[Person], db: Db, now: Now) -> None:
    """They empty themselves at their next contact."""
    await actions.sign_out_devices(db, person.account_id, now, but=person.device_id)


def _device(row: DeviceRow, person: Person) -> Device:
    return Device(
        id=row.id,
        name=row.name,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        is_current=row.id == person.device_id,
    )


handlers = [
    sign_in,
    sign_out,
    change_password,
    prove,
    list_devices,
    rename_device,
    sign_out_device,
    sign_out_other_devices,
]
