"""Showing again that it is the same person who is there (step-up)."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.actions import codes, passkeys
from cartable.accounts.actions.failures import noting_failure
from cartable.accounts.passwords import password_matches
from cartable.accounts.rules import WrongCredentials
from cartable.accounts.shapes import Proof, ProofQuestion, Way
from cartable.accounts.tables import Account, Device
from cartable.accounts.throttle import buckets_of_device, forget_guesses, take_guess
from cartable.accounts.webauthn import Party
from cartable.actor import Person
from cartable.database import begin_write, end
from cartable.sealing import Key


async def ask_for_proof(
    db: AsyncSession, party: Party, person: Person, now: datetime
) -> ProofQuestion:
    """What a signed-in person may show to prove they are there.

    A passkey first. A password is followed by a code as soon as the account has anything stronger;
    a code alone is enough where there is no password.
    """
    account = await db.get_one(Account, person.account_id)
    has_password = account.password_hash is not None
    has_passkey = await passkeys.has_passkey(db, person.account_id)
    has_codes = await codes.has_codes(db, person.account_id)
    left = await codes.recovery_codes_left(db, person.account_id)
    ways: list[Way] = ["passkey"] if has_passkey else []
    if has_password and not (has_passkey or has_codes):
        ways.append("password")
    elif has_codes or left:
        ways.append("password_code" if has_password else "code")
    options = await passkeys.ask_for_known(db, party, person, now)
    return ProofQuestion(ways=ways, options=options)


async def prove(
    db: AsyncSession, master: Key, party: Party, person: Person, proof: Proof, now: datetime
) -> None:
    """Believe whoever holds a signed-in device; guesses are counted by device.

    Raises:
        TooManyAttempts, WrongCredentials, WrongCode, ChallengeOver, PasskeyRefused
    """
    if proof.credential is not None:
        await passkeys.check_passkey(db, party, "proof", proof.credential, now, by=person)
        await proved_again(db, person, now)
        return
    buckets = buckets_of_device(master, person.device_id)
    failures = await take_guess(db, buckets, now)
    account = await db.get_one(Account, person.account_id)
    hashed = account.password_hash
    await end(db, commit=True)
    async with noting_failure(db, master, person.account_id, failures, now):
        if hashed is not None and not await password_matches(hashed, proof.password):
            raise WrongCredentials
        await begin_write(db)
        needs_code = (
            hashed is None
            or await passkeys.has_passkey(db, person.account_id)
            or await codes.has_codes(db, person.account_id)
        )
        if needs_code:
            await codes.use_code(db, master, person.account_id, proof.code, now)
    await forget_guesses(db, buckets)
    await proved_again(db, person, now)


async def proved_again(db: AsyncSession, person: Person, now: datetime) -> None:
    """Note that the person has just shown who they are, in the caller's write transaction."""
    await db.execute(update(Device).where(Device.id == person.device_id).values(proved_at=now))
