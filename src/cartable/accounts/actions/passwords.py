"""Choosing a password, and handing over a one-time one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.actions.devices import sign_out_devices
from cartable.accounts.passwords import hash_password, new_one_time_password, password_matches
from cartable.accounts.rules import WrongCredentials, check_new_password
from cartable.accounts.shapes import PasswordChange
from cartable.accounts.tables import Account
from cartable.accounts.throttle import buckets_of_device, forget_guesses, take_guess
from cartable.actor import Person
from cartable.database import begin_write, end
from cartable.sealing import Key


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
