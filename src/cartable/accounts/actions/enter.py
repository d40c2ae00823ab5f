"""Opening a device session, whatever the way in."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.actions import challenges, codes, passkeys
from cartable.accounts.actions.failures import noting_failure
from cartable.accounts.passwords import password_matches, token_hash
from cartable.accounts.rules import NAME_LIMIT, ChallengeOver, SecondStepNeeded, WrongCredentials
from cartable.accounts.shapes import Credentials, PasskeySignIn, Recovery, SecondStep
from cartable.accounts.tables import Account, Challenge, Device
from cartable.accounts.throttle import (
    Guesser,
    buckets_of_code,
    buckets_of_guess,
    forget_guesses,
    take_guess,
)
from cartable.accounts.webauthn import Party
from cartable.audit.actions import record_for_account
from cartable.database import begin_write, end, uuid7
from cartable.sealing import Key

Opened = tuple[Account, Device, str]
"""Who signed in, the session, and its secret, for the cookie and nowhere else."""


async def open_session(
    db: AsyncSession,
    account: Account,
    device_name: str,
    method: str,
    now: datetime,
    *,
    proved_at: datetime | None = None,
) -> tuple[Device, str]:
    """Sign a device in, in the caller's write transaction, whatever the way in.

    `method` is how the person showed who they are: `password`, `password_code`, `passkey`,
    `recovery_code`, `invitation`, `magic_link`, `clerk_code`, `connection`; `proved_at` when they
    did, if not just now. The second value is the secret of the session, for the cookie and nowhere
    else.
    """
    token = secrets.token_urlsafe(32)
    device = Device(
        id=uuid7(),
        account_id=account.id,
        name=device_name.strip()[:NAME_LIMIT] or "Navigateur",
        token_hash=token_hash(token),
        created_at=now,
        last_seen_at=now,
        proved_at=proved_at or now,
        method=method,
    )
    db.add(device)
    await db.flush()
    await record_for_account(
        db, account.id, device.id, "account.signed_in", device.id, method=method, device=device.name
    )
    return device, token


async def sign_in(
    db: AsyncSession, master: Key, credentials: Credentials, guesser: Guesser, now: datetime
) -> Opened:
    """Sign in with an address and a password.

    The guess is counted before the password is looked at, so that a thousand guesses at once are
    a thousand guesses.

    Raises:
        TooManyAttempts, WrongCredentials
        SecondStepNeeded: the account has a passkey or codes; the password is only the first step.
    """
    email = credentials.email.strip().lower()
    account = await _with_password(db, master, email, credentials.password, guesser, now)
    if ways := await second_steps(db, account.id):
        challenge = await challenges.ask(db, "second_step", now, account_id=account.id)
        await end(db, commit=True)
        raise SecondStepNeeded(challenge=challenge, ways=ways)
    device, token = await open_session(db, account, credentials.device_name, "password", now)
    return account, device, token


async def _with_password(
    db: AsyncSession, master: Key, email: str, password: str, guesser: Guesser, now: datetime
) -> Account:
    """Whose address and password these are; a write transaction is open afterwards."""
    buckets = buckets_of_guess(master, email, guesser)
    failures = await take_guess(db, buckets, now)
    account = await db.scalar(select(Account).where(Account.email == email))
    await end(db, commit=True)
    account_id, found = (account.id, account.password_hash) if account else (None, None)
    async with noting_failure(db, master, account_id, failures, now):
        if not await password_matches(found, password):
            raise WrongCredentials
        await begin_write(db)
        account = await db.get_one(Account, account_id)
        if account.password_hash != found:
            raise WrongCredentials
    await forget_guesses(db, buckets)
    return account


async def second_steps(db: AsyncSession, account_id: UUID) -> list[str]:
    """What may follow the password: `passkey`, `code`, `recovery_code`; none, it is enough.

    Recovery codes alone ask for nothing: they are for what was lost.
    """
    strong = {
        "passkey": await passkeys.has_passkey(db, account_id),
        "code": await codes.has_codes(db, account_id),
    }
    ways = [way for way, is_there in strong.items() if is_there]
    if ways and await codes.recovery_codes_left(db, account_id):
        ways.append("recovery_code")
    return ways


async def sign_in_with_code(
    db: AsyncSession, master: Key, step: SecondStep, guesser: Guesser, now: datetime
) -> Opened:
    """The second step of a password: a code of the application, or a recovery code.

    A wrong code leaves the challenge: a slip of the finger does not ask for the password again.

    Raises:
        ChallengeOver, TooManyAttempts, WrongCode
    """
    asked = await db.get(Challenge, step.challenge)
    if asked is None or asked.kind != "second_step" or asked.account_id is None:
        raise ChallengeOver
    account_id = asked.account_id
    account = await db.get_one(Account, account_id)
    buckets = buckets_of_code(master, account.email, guesser)
    failures = await take_guess(db, buckets, now)
    await end(db, commit=True)
    await begin_write(db)
    account = await db.get_one(Account, account_id)
    async with noting_failure(db, master, account_id, failures, now):
        method = await codes.use_code(db, master, account.id, step.code, now)
    await challenges.remove(db, "second_step", step.challenge, now, account_id=account.id)
    await forget_guesses(db, buckets)
    device, token = await open_session(db, account, step.device_name, method, now)
    return account, device, token


async def sign_in_with_passkey(
    db: AsyncSession, party: Party, attempt: PasskeySignIn, now: datetime
) -> Opened:
    """Sign in with a passkey: it names its account, and is two factors in one gesture.

    Raises:
        ChallengeOver, PasskeyRefused
    """
    account_id = await passkeys.check_passkey(db, party, "passkey", attempt.credential, now)
    account = await db.get_one(Account, account_id)
    device, token = await open_session(db, account, attempt.device_name, "passkey", now)
    return account, device, token


async def recover(
    db: AsyncSession, master: Key, recovery: Recovery, guesser: Guesser, now: datetime
) -> Opened:
    """Sign in with a recovery code, and the password where there is one.

    Raises:
        TooManyAttempts
        WrongCredentials: whichever is wrong is never said.
    """
    email = recovery.email.strip().lower()
    buckets = buckets_of_guess(master, email, guesser)
    failures = await take_guess(db, buckets, now)
    account = await db.scalar(select(Account).where(Account.email == email))
    await end(db, commit=True)
    account_id, hashed = (account.id, account.password_hash) if account else (None, None)
    async with noting_failure(db, master, account_id, failures, now):
        # As much work whoever it is: whether a password exists is not told by the time taken.
        is_right = await password_matches(hashed, recovery.password)
        if account_id is None or not (is_right or hashed is None):
            raise WrongCredentials
        await begin_write(db)
        account = await db.get_one(Account, account_id)
        if account.password_hash != hashed or not await codes.recovers(
            db, master, account.id, recovery.code
        ):
            raise WrongCredentials
    await forget_guesses(db, buckets)
    device, token = await open_session(db, account, recovery.device_name, "recovery_code", now)
    return account, device, token
