"""One's password and devices."""

from typing import Any
from uuid import UUID

from litestar import Request, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from cartable.accounts import actions
from cartable.accounts.access import readable_devices
from cartable.accounts.guards import admitted, limits_of, signed_in
from cartable.accounts.routes.doors import ADMITTED, SIGNED_IN, UNSAFE, Db, Now
from cartable.accounts.rules import (
    AddressNotProven,
    PasswordTooCommon,
    PasswordTooShort,
    PasswordUnchanged,
    ProofNeeded,
    WrongCredentials,
)
from cartable.accounts.shapes import Device, DeviceEdit, PasswordChange
from cartable.accounts.tables import Device as DeviceRow
from cartable.actor import Person
from cartable.errors import CrossSiteRequest, NotFound, TooManyAttempts
from cartable.web import refusals, runtime_of


@post(
    "/api/password",
    summary="Choose a new password",
    status_code=204,
    guards=[signed_in],
    responses=refusals(
        *SIGNED_IN, WrongCredentials, TooManyAttempts, PasswordTooShort, PasswordTooCommon,
        PasswordUnchanged, ProofNeeded, AddressNotProven, *UNSAFE,
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
    runtime = runtime_of(request)
    await actions.change_password(
        db, runtime.master_key, person, data, now,
        is_proved=now - person.proved_at <= runtime.settings.proof_lasts,
    )  # fmt: skip


@get(
    "/api/devices",
    summary="List one's signed-in devices",
    guards=[signed_in],
    responses=refusals(*SIGNED_IN),
)
async def list_devices(
    request: Request[Any, Any, Any], person: NamedDependency[Person], db: Db, now: Now
) -> list[Device]:
    """Last seen first. A device beyond the maximum sees them too: it must sign one out."""
    limits = limits_of(runtime_of(request).settings)
    return [_device(row, person) for row in await db.scalars(readable_devices(person, limits, now))]


@patch(
    "/api/devices/{device_id:uuid}",
    summary="Rename one of one's devices",
    guards=[admitted],
    responses=refusals(*ADMITTED, NotFound, TooManyAttempts, *UNSAFE),
)
async def rename_device(
    request: Request[Any, Any, Any],
    person: NamedDependency[Person],
    device_id: FromPath[UUID],
    data: JSONBody[DeviceEdit],
    db: Db,
    now: Now,
) -> Device:
    """A name its owner recognises."""
    master = runtime_of(request).master_key
    renamed = await actions.rename_device(db, master, person, device_id, data.name, now)
    return _device(renamed, person)


@delete(
    "/api/devices/{device_id:uuid}",
    summary="Sign one of one's devices out",
    guards=[signed_in],
    responses=refusals(*SIGNED_IN, NotFound, CrossSiteRequest),
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
    guards=[signed_in],
    responses=refusals(*SIGNED_IN, CrossSiteRequest),
)
async def sign_out_other_devices(person: NamedDependency[Person], db: Db, now: Now) -> None:
    """They empty themselves at their next contact."""
    await actions.sign_out_other_devices(db, person, now)


def _device(row: DeviceRow, person: Person) -> Device:
    return Device(
        id=row.id,
        name=row.name,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        is_current=row.id == person.device_id,
        is_extra=person.is_extra and row.id == person.device_id,
    )


handlers = [
    change_password, list_devices, rename_device, sign_out_device, sign_out_other_devices,
]  # fmt: skip
