"""Opening a device session, whatever the way in."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.passwords import password_matches, token_hash
from cartable.accounts.rules import NAME_LIMIT, WrongCredentials
from cartable.accounts.shapes import Credentials
from cartable.accounts.tables import Account, Device
from cartable.accounts.throttle import Guesser, buckets_of_guess, forget_guesses, take_guess
from cartable.database import begin_write, end, uuid7
from cartable.sealing import Key


async def open_session(
    db: AsyncSession, account: Account, device_name: str, method: str, now: datetime
) -> tuple[Device, str]:
    """Sign a device in, in the caller's write transaction, whatever the way in.

    `method` is how the person showed who they are: `password`, `password_code`, `passkey`,
    `recovery_code`, `invitation`, `magic_link`, `clerk_code`, `connection`. The second value is
    the secret of the session, for the cookie and nowhere else.
    """
    token = secrets.token_urlsafe(32)
    device = Device(
        id=uuid7(),
        account_id=account.id,
        name=device_name.strip()[:NAME_LIMIT] or "Navigateur",
        token_hash=token_hash(token),
        created_at=now,
        last_seen_at=now,
        proved_at=now,
        method=method,
    )
    db.add(device)
    await db.flush()
    return device, token


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
    device, token = await open_session(db, account, credentials.device_name, "password", now)
    return account, device, token
