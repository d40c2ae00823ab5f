"""Showing again that it is the same person who is there (step-up)."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.passwords import password_matches
from cartable.accounts.rules import WrongCredentials
from cartable.accounts.shapes import Proof
from cartable.accounts.tables import Account, Device
from cartable.accounts.throttle import buckets_of_device, forget_guesses, take_guess
from cartable.actor import Person
from cartable.database import begin_write, end
from cartable.sealing import Key


async def prove(db: AsyncSession, master: Key, person: Person, proof: Proof, now: datetime) -> None:
    """Check the password of whoever holds a signed-in device; guesses are counted by device.

    Raises:
        TooManyAttempts, WrongCredentials
    """
    buckets = buckets_of_device(master, person.device_id)
    await take_guess(db, buckets, now)
    account = await db.get_one(Account, person.account_id)
    found = account.password_hash
    await end(db, commit=True)
    if not await password_matches(found, proof.password):
        raise WrongCredentials
    await begin_write(db)
    await forget_guesses(db, buckets)
    await proved_again(db, person, now)


async def proved_again(db: AsyncSession, person: Person, now: datetime) -> None:
    """Note that the person has just shown who they are, in the caller's write transaction."""
    await db.execute(update(Device).where(Device.id == person.device_id).values(proved_at=now))
