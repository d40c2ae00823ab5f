"""Making an account, signing in and out, changing a password."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cartable import revocations
from cartable.accounts.passwords import (
    hash_password,
    new_one_time_password,
    password_matches,
    token_hash,
)
from cartable.accounts.rules import WrongCredentials, check_new_password
from cartable.accounts.shapes import Credentials, PasswordChange
from cartable.accounts.tables import Account, AccountKey, Device
from cartable.accounts.throttle import (
    Guesser,
    buckets_of_device,
    buckets_of_guess,
    forget_guesses,
    take_guess,
)
from cartable.actor import Person
from cartable.database import begin_write, end, uuid7
from cartable.errors import NotFound
from cartable.sealing import Key, new_account_key

NAME_LIMIT = 60


async def create_account(
    db: AsyncSession,
    master: Key,
    *,
    email: str,
    civility: str,
    first_name: str,
    last_name: str,
    password_hash: str,
    now: datetime,
    must_change_password: bool = True,
) -> Account:
    """A person with their own key for private data, in the caller's write transaction."""
    account = Account(
        id=uuid7(),
        email=email.strip().lower(),
        civility=civility,
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        password_hash=password_hash,
        must_change_password=must_change_password,
        created_at=now,
    )
    db.add(account)
    await db.flush()
    db.add(AccountKey(account_id=account.id, wrapped=new_account_key(master, str(account.id))))
    await db.flush()
    return account


async def sign_in(
    db: AsyncSession, master: Key, credentials: Credentials, guesser: Guesser, now: datetime
) -> tuple[Account, Device, str]:
    """Open a device session; the third value is its secret, for the cookie and nowhere else.

    The guess is counted before the password is looked at, so that a thousand guesses at once are
    a thousand guesses.

    Raises:
        TooManyAttempts, WrongCredentials
    """
    email = credentials.email.strip().lower()
    buckets = buckets_of_guess(master, email, guesser)
    await take_guess(db, buckets, now)
    account = await db.scalar(select(Account).where(Account.email == email))
    await end(db, commit=True)
    account_id, found = (account.id, account.password_hash) if account else (None, None)
    if not await password_matches(found, credentials.password):
        raise WrongCredentials
    await begin_write(db)
    account = await db.get_one(Account, account_id)
    if account.password_hash != found:
        raise WrongCredentials
    await forget_guesses(db, buckets)
    token = secrets.token_urlsafe(32)
    device = Device(
        id=uuid7(),
        account_id=account.id,
        name=credentials.device_name.strip()[:NAME_LIMIT] or "Navigateur",
        token_hash=token_hash(token),
        created_at=now,
        last_seen_at=now,
    )
    db.add(device)
    await db.flush()
    return account, device, token


async def change_password(
    db: AsyncSession, master: Key, person: Person, change: PasswordChange, now: datetime
) -> None:
    """Choose a password; every other device of the account is signed out.

    A signed-in tablet left on a table must not serve to guess the password at leisure: guesses of
    the one in use are counted by device.

    Raises:
        TooManyAttempts, WrongCredentials, PasswordTooShort, PasswordTooCommon, PasswordUnchanged
    """
    buckets = buckets_of_device(master, person.device_id)
    await take_guess(db, buckets, now)
    account = await db.get_one(Account, person.account_id)
    about = (account.first_name, account.last_name, account.email.split("@")[0])
    used = account.password_hash
    await end(db, commit=True)
    if not await password_matches(used, change.current):
        raise WrongCredentials
    await begin_write(db)
    await forget_guesses(db, buckets)
    await end(db, commit=True)
    check_new_password(change.new, change.current, about)
    hashed = await hash_password(change.new)
    await begin_write(db)
    changed = await db.execute(
        update(Account)
        .where(Account.id == person.account_id, Account.password_hash == used)
        .values(password_hash=hashed, must_change_password=False)
        .returning(Account.id)
    )
    if changed.first() is None:
        raise WrongCredentials
    await sign_out_devices(db, person.account_id, now, but=person.device_id)


async def renew_password(db: AsyncSession, account_id: UUID, hashed: str, now: datetime) -> None:
    """Replace a lost password by a one-time one, in the caller's write transaction."""
    await db.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(password_hash=hashed, must_change_password=True)
    )
    await sign_out_devices(db, account_id, now)


async def one_time_password() -> tuple[str, str]:
    """A password to hand over, and its hash. To be called before any lock is taken."""
    password = new_one_time_password()
    return password, await hash_password(password)


async def sign_out(db: AsyncSession, person: Person, now: datetime) -> None:
    """Close this device's session."""
    await begin_write(db)
    await _sign_out(db, person.account_id, person.device_id, now)


async def sign_out_device(db: AsyncSession, person: Person, device_id: UUID, now: datetime) -> None:
    """Close another of one's sessions: that device empties itself at its next contact.

    Raises:
        NotFound
    """
    await begin_write(db)
    if not await _sign_out(db, person.account_id, device_id, now):
        raise NotFound


async def _sign_out(db: AsyncSession, account_id: UUID, device_id: UUID, now: datetime) -> bool:
    done = await db.execute(
        update(Device)
        .where(
            Device.id == device_id,
            Device.account_id == account_id,
            Device.signed_out_at.is_(None),
        )
        .values(signed_out_at=now)
        .returning(Device.id)
    )
    return _revoked(db, done.scalars().all(), now) > 0


async def sign_out_devices(
    db: AsyncSession, account_id: UUID, now: datetime, *, but: UUID | None = None
) -> None:
    """Close every session of an account, but one."""
    await begin_write(db)
    done = await db.scalars(
        update(Device)
        .where(
            Device.account_id == account_id,
            Device.signed_out_at.is_(None),
            Device.id.is_distinct_from(but),
        )
        .values(signed_out_at=now)
        .returning(Device.id)
    )
    _revoked(db, done.all(), now)


def _revoked(db: AsyncSession, devices: Sequence[UUID], now: datetime) -> int:
    for device_id in devices:
        revocations.note(db.info, "device_signed_out", device_id, now)
    return len(devices)


async def sign_out_again(db: AsyncSession, devices: Mapping[UUID, datetime]) -> int:
    """Close the sessions that a restored backup opened again; how many. Each with when it was."""
    await begin_write(db)
    open_ones = await db.scalars(select(Device).where(Device.signed_out_at.is_(None)))
    again = [device for device in open_ones if device.id in devices]
    for device in again:
        device.signed_out_at = devices[device.id]
    await db.flush()
    return len(again)


async def rename_device(db: AsyncSession, person: Person, device_id: UUID, name: str) -> Device:
    """Give a device a name its owner recognises.

    Raises:
        NotFound
    """
    await begin_write(db)
    device = await db.get(Device, device_id)
    if device is None or device.account_id != person.account_id or device.signed_out_at:
        raise NotFound
    device.name = name.strip()[:NAME_LIMIT] or device.name
    await db.flush()
    return device


async def seen(db: AsyncSession, device_id: UUID, now: datetime) -> None:
    """Remember the last visit of a device."""
    await begin_write(db)
    await db.execute(update(Device).where(Device.id == device_id).values(last_seen_at=now))


async def forget_old_devices(db: AsyncSession, before: datetime) -> None:
    """Remove devices signed out before `before`: they had their time to empty themselves.

    The last one seen of each account stays: it tells when the person was last here.
    """
    await begin_write(db)
    later = aliased(Device)
    has_later = exists().where(
        later.account_id == Device.account_id,
        tuple_(later.last_seen_at, later.id) > tuple_(Device.last_seen_at, Device.id),
    )
    await db.execute(
        delete(Device)
        .where(Device.signed_out_at < before, has_later)
        .execution_options(synchronize_session=False)
    )
