"""One's ways to sign in: passkeys, codes of an application, recovery codes."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from cartable.accounts import totp
from cartable.accounts.actions import codes, passkeys
from cartable.accounts.guards import admitted, proved
from cartable.accounts.routes.doors import ADMITTED, UNSAFE, Db, Now, party_of
from cartable.accounts.rules import (
    ChallengeOver,
    CodesAlreadyThere,
    LastWayIn,
    PasskeyKnown,
    PasskeyRefused,
    ProofNeeded,
    TooManyPasskeys,
    WrongCode,
)
from cartable.accounts.shapes import (
    CodeSecret,
    DeviceEdit,
    FirstCode,
    NewPasskey,
    Passkey,
    Question,
    RecoveryCodes,
    Security,
)
from cartable.accounts.tables import Account as AccountRow
from cartable.actor import Person
from cartable.errors import CrossSiteRequest, NotFound, TooManyAttempts
from cartable.web import refusals, runtime_of

Asker = NamedDependency[Person]
PROVED = (*ADMITTED, ProofNeeded, CrossSiteRequest)


@get(
    "/api/security",
    summary="How one may sign in",
    guards=[admitted],
    responses=refusals(*ADMITTED),
)
async def read_security(person: Asker, db: Db) -> Security:
    """Passkeys, password, codes: what is there, never what they are made of."""
    account = await db.get_one(AccountRow, person.account_id)
    keys = await passkeys.passkeys_of(db, person.account_id)
    return Security(
        has_password=account.password_hash is not None,
        has_codes=await codes.has_codes(db, person.account_id),
        recovery_codes=await codes.recovery_codes_left(db, person.account_id),
        is_given=person.is_given,
        passkeys=msgspec.convert(keys, list[Passkey], from_attributes=True),
    )


@post(
    "/api/passkeys/question",
    summary="Ask for a new passkey",
    guards=[admitted, proved],
    responses=refusals(*PROVED),
)
async def ask_for_passkey(
    request: Request[Any, Any, Any], person: Asker, db: Db, now: Now
) -> Question:
    """What the browser is asked; the answer is awaited for ten minutes, on this device, once."""
    return Question(options=await passkeys.ask_for_new(db, party_of(request), person, now))


@post(
    "/api/passkeys",
    summary="Add a passkey",
    guards=[admitted, proved],
    responses=refusals(
        *PROVED, ChallengeOver, PasskeyRefused, PasskeyKnown, TooManyPasskeys, *UNSAFE
    ),
)
async def add_passkey(
    request: Request[Any, Any, Any], person: Asker, data: JSONBody[NewPasskey], db: Db, now: Now
) -> Passkey:
    """From now on it signs its owner in, on any device that has it."""
    key = await passkeys.add_passkey(db, party_of(request), person, data, now)
    return msgspec.convert(key, Passkey, from_attributes=True)


@patch(
    "/api/passkeys/{passkey_id:uuid}",
    summary="Rename a passkey",
    guards=[admitted],
    responses=refusals(*ADMITTED, NotFound, *UNSAFE),
)
async def rename_passkey(
    passkey_id: FromPath[UUID], person: Asker, data: JSONBody[DeviceEdit], db: Db
) -> Passkey:
    """A name its owner recognises."""
    key = await passkeys.rename_passkey(db, person, passkey_id, data.name)
    return msgspec.convert(key, Passkey, from_attributes=True)


@delete(
    "/api/passkeys/{passkey_id:uuid}",
    summary="Remove a passkey",
    guards=[admitted, proved],
    responses=refusals(*PROVED, NotFound, LastWayIn),
)
async def remove_passkey(passkey_id: FromPath[UUID], person: Asker, db: Db) -> None:
    """It opens nothing any more; never the last way in."""
    await passkeys.remove_passkey(db, person, passkey_id)


@post(
    "/api/codes",
    summary="Begin with codes of an application",
    guards=[admitted, proved],
    responses=refusals(*PROVED, CodesAlreadyThere),
)
async def begin_codes(request: Request[Any, Any, Any], person: Asker, db: Db) -> CodeSecret:
    """The secret to give to the application; it counts once a first code was typed."""
    secret, email = await codes.begin_codes(db, runtime_of(request).master_key, person)
    address = totp.address_of(secret, email)
    return CodeSecret(
        secret=totp.as_text(secret), address=address, picture=totp.picture_of(address)
    )


@post(
    "/api/codes/confirm",
    summary="Type the first code",
    status_code=204,
    guards=[admitted, proved],
    responses=refusals(*PROVED, WrongCode, TooManyAttempts, *UNSAFE),
)
async def confirm_codes(
    request: Request[Any, Any, Any], person: Asker, data: JSONBody[FirstCode], db: Db, now: Now
) -> None:
    """From now on a code follows the password."""
    await codes.confirm_codes(db, runtime_of(request).master_key, person, data.code, now)


@delete(
    "/api/codes",
    summary="Stop codes of an application",
    guards=[admitted, proved],
    responses=refusals(*PROVED),
)
async def remove_codes(person: Asker, db: Db) -> None:
    """The application's codes open nothing any more."""
    await codes.remove_codes(db, person)


@post(
    "/api/recovery-codes",
    summary="Make recovery codes",
    guards=[admitted, proved],
    responses=refusals(*PROVED),
)
async def make_recovery_codes(
    request: Request[Any, Any, Any], person: Asker, db: Db, now: Now
) -> RecoveryCodes:
    """Ten, shown once; those made before are worth nothing any more."""
    master = runtime_of(request).master_key
    return RecoveryCodes(codes=await codes.renew_recovery_codes(db, master, person, now))


handlers = [
    read_security, ask_for_passkey, add_passkey, rename_passkey, remove_passkey, begin_codes,
    confirm_codes, remove_codes, make_recovery_codes,
]  # fmt: skip
