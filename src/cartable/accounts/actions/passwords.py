"""Choosing a password."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts import tickets
from cartable.accounts.access import check_signed_in, is_owned
from cartable.accounts.actions.devices import sign_out_devices
from cartable.accounts.notices import tell_change
from cartable.accounts.passwords import hash_password, password_matches
from cartable.accounts.rules import (
    AddressNotProven,
    ProofNeeded,
    WrongCredentials,
    check_new_password,
)
from cartable.accounts.shapes import PasswordChange
from cartable.accounts.tables import Account
from cartable.accounts.throttle import buckets_of_device, forget_guesses, take_guess
from cartable.actor import Person
from cartable.audit.actions import record_for_account
from cartable.database import begin_write, end
from cartable.sealing import Key


async def change_password(
    db: AsyncSession,
    master: Key,
    person: Person,
    change: PasswordChange,
    now: datetime,
    *,
    is_proved: bool,
) -> None:
    """Choose a password; every other device of the account is signed out.

    `is_proved`: the person showed who they are a moment ago, which is enough for a first password.

    A signed-in tablet left on a table must not serve to guess the password at leisure: guesses of
    the one in use are counted by device.

    Raises:
        TooManyAttempts, WrongCredentials, PasswordTooShort, PasswordTooCommon, PasswordUnchanged
        ProofNeeded, DeviceSignedOut
        AddressNotProven: a first password would make the account its chooser's (DECISIONS, 24).
    """
    buckets = buckets_of_device(master, person.device_id)
    await take_guess(db, buckets, now)
    account = await db.get_one(Account, person.account_id)
    about = (account.first_name, account.last_name, account.email.split("@")[0])
    used = account.password_hash
    may_choose = is_owned(account)
    await end(db, commit=True)
    if not may_choose:
        raise AddressNotProven
    if used is None and not is_proved:
        raise ProofNeeded
    if used is not None and not await password_matches(used, change.current):
        raise WrongCredentials
    await begin_write(db)
    await forget_guesses(db, buckets)
    await end(db, commit=True)
    check_new_password(change.new, change.current, about)
    hashed = await hash_password(change.new)
    await begin_write(db)
    await check_signed_in(db, person)
    changed = await db.execute(
        update(Account)
        .where(Account.id == person.account_id, Account.password_hash.is_not_distinct_from(used))
        .values(password_hash=hashed)
        .returning(Account.id)
    )
    if changed.first() is None:
        raise WrongCredentials
    await record_for_account(db, person.account_id, person.device_id, "account.password_changed")
    await tell_change(db, person.account_id, "password_changed", now)
    await tickets.cancel_entries(db, [person.account_id], now)
    await tickets.cancel_renewals(db, person.account_id, now)
    await sign_out_devices(db, person.account_id, now, but=person.device_id)
