"""Codes of an authenticator application, and the recovery codes that a person prints."""

import secrets
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts import totp
from cartable.accounts.access import account_key, check_signed_in
from cartable.accounts.notices import tell_change
from cartable.accounts.passwords import LETTERS
from cartable.accounts.rules import (
    RECOVERY_CODES,
    CodesAlreadyThere,
    WrongCode,
    recovery_code,
)
from cartable.accounts.tables import Account, CodeSecret, RecoveryCode
from cartable.accounts.throttle import buckets_of_device, forget_guesses, take_guess
from cartable.actor import Person
from cartable.audit.actions import record_for_account
from cartable.database import begin_write, end
from cartable.sealing import Key

SECRET_BYTES = 20
"""As long as what HMAC-SHA-1 gives (RFC 4226, section 4, R6)."""


def _place(account_id: UUID) -> str:
    return f"code_secret.sealed:{account_id}"


async def begin_codes(db: AsyncSession, master: Key, person: Person) -> tuple[bytes, str]:
    """A fresh secret for an application, and the address of its owner; it counts once confirmed.

    Raises:
        CodesAlreadyThere: they are removed first.
    """
    await begin_write(db)
    account = await db.get_one(Account, person.account_id, with_for_update=True)
    held = await db.get(CodeSecret, person.account_id)
    if held is not None and held.confirmed_at is not None:
        raise CodesAlreadyThere
    key = await account_key(db, master, person.account_id)
    secret = secrets.token_bytes(SECRET_BYTES)
    sealed = key.seal(secret, _place(person.account_id))
    if held is None:
        db.add(CodeSecret(account_id=person.account_id, sealed=sealed, last_step=0))
    else:
        held.sealed, held.last_step = sealed, 0
    await db.flush()
    return secret, account.email


async def confirm_codes(
    db: AsyncSession, master: Key, person: Person, code: str, now: datetime
) -> None:
    """The application shows the right code: from now on it is a second step.

    Raises:
        TooManyAttempts, WrongCode, DeviceSignedOut
    """
    buckets = buckets_of_device(master, person.device_id)
    await take_guess(db, buckets, now)
    await end(db, commit=True)
    await begin_write(db)
    await check_signed_in(db, person)
    if not await _serves(db, master, person.account_id, code, now):
        raise WrongCode
    await forget_guesses(db, buckets)
    await db.execute(
        update(CodeSecret)
        .where(CodeSecret.account_id == person.account_id)
        .values(confirmed_at=now)
    )
    await record_for_account(db, person.account_id, person.device_id, "account.codes_added")
    await tell_change(db, person.account_id, "codes_added", now)


async def remove_codes(db: AsyncSession, person: Person) -> None:
    """Forget the application: its codes open nothing any more."""
    await begin_write(db)
    await db.execute(delete(CodeSecret).where(CodeSecret.account_id == person.account_id))
    await record_for_account(db, person.account_id, person.device_id, "account.codes_removed")
    await tell_change(db, person.account_id, "codes_removed", datetime.now(UTC))


async def renew_recovery_codes(
    db: AsyncSession, master: Key, person: Person, now: datetime
) -> list[str]:
    """Ten codes to print, shown once; those made before are worth nothing any more.

    Raises:
        DeviceSignedOut
    """
    await begin_write(db)
    await check_signed_in(db, person)
    await db.execute(delete(RecoveryCode).where(RecoveryCode.account_id == person.account_id))
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    for code in codes:
        db.add(
            RecoveryCode(
                account_id=person.account_id,
                code_hash=_hash(master, person.account_id, code),
                created_at=now,
            )
        )
    await db.flush()
    await record_for_account(db, person.account_id, person.device_id, "account.recovery_codes_made")
    await tell_change(db, person.account_id, "recovery_codes_made", now)
    return codes


def new_recovery_code() -> str:
    """Three groups of four letters and digits: 59 bits, and guesses are counted."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


async def has_codes(db: AsyncSession, account_id: UUID) -> bool:
    """Whether an application was confirmed."""
    held = await db.get(CodeSecret, account_id)
    return held is not None and held.confirmed_at is not None


async def recovery_codes_left(db: AsyncSession, account_id: UUID) -> int:
    """How many recovery codes were not used."""
    left = await db.scalar(
        select(func.count()).select_from(RecoveryCode).where(RecoveryCode.account_id == account_id)
    )
    return left or 0


async def use_code(
    db: AsyncSession, master: Key, account_id: UUID, code: str, now: datetime
) -> str:
    """Use up a code, in the caller's write transaction: `password_code`, or `recovery_code`.

    Raises:
        WrongCode
    """
    if await has_codes(db, account_id) and await _serves(db, master, account_id, code, now):
        return "password_code"
    if await recovers(db, master, account_id, code):
        return "recovery_code"
    raise WrongCode


async def recovers(db: AsyncSession, master: Key, account_id: UUID, code: str) -> bool:
    """Use up a recovery code, in the caller's write transaction; False when it is not one."""
    used = await db.execute(
        delete(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == _hash(master, account_id, code),
        )
        .returning(RecoveryCode.account_id)
    )
    return used.first() is not None


async def _serves(
    db: AsyncSession, master: Key, account_id: UUID, code: str, now: datetime
) -> bool:
    """Whether it is a code of the application; if so it never is again."""
    held = await db.get(CodeSecret, account_id)
    if held is None:
        return False
    key = await account_key(db, master, account_id)
    secret = key.open(held.sealed, _place(account_id))
    step = totp.step_of(secret, code, now, held.last_step)
    if step is None:
        return False
    used = await db.execute(
        update(CodeSecret)
        .where(CodeSecret.account_id == account_id, CodeSecret.last_step < step)
        .values(last_step=step)
        .returning(CodeSecret.account_id)
    )
    return used.first() is not None


def _hash(master: Key, account_id: UUID, code: str) -> str:
    return master.digest("recovery-code", f"{account_id}|{recovery_code(code)}")
