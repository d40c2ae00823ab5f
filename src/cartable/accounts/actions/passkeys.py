"""Passkeys of an account: asking for one, keeping it, naming it, removing it, seeing it serve."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts import webauthn
from cartable.accounts.access import check_signed_in
from cartable.accounts.actions.challenges import Kind, ask, use_up
from cartable.accounts.actions.devices import sign_out_devices
from cartable.accounts.notices import tell_change
from cartable.accounts.rules import (
    NAME_LIMIT,
    PASSKEYS,
    LastWayIn,
    PasskeyKnown,
    PasskeyRefused,
    TooManyPasskeys,
)
from cartable.accounts.shapes import NewPasskey
from cartable.accounts.tables import Account, CodeSecret, Passkey, RecoveryCode
from cartable.accounts.throttle import Guesser, buckets_of_door, take_guess
from cartable.accounts.webauthn import Known, Party, Wire
from cartable.actor import Person
from cartable.audit.actions import record_for_account
from cartable.database import begin_write, uuid7
from cartable.errors import NotFound
from cartable.sealing import Key


async def ask_for_new(db: AsyncSession, party: Party, person: Person, now: datetime) -> Wire:
    """What the browser is asked to make a passkey for this person."""
    await begin_write(db)
    account = await db.get_one(Account, person.account_id)
    known = await passkeys_of(db, person.account_id)
    challenge = await ask(
        db, "new_passkey", now, account_id=person.account_id, device_id=person.device_id
    )
    return webauthn.creation_options(
        party,
        challenge,
        handle=account.id,
        email=account.email,
        name=f"{account.first_name} {account.last_name}".strip(),
        known=_known(known),
    )


async def add_passkey(
    db: AsyncSession, party: Party, person: Person, new: NewPasskey, now: datetime
) -> Passkey:
    """Keep what the browser made.

    Raises:
        ChallengeOver, PasskeyRefused, PasskeyKnown, TooManyPasskeys, DeviceSignedOut
    """
    challenge = webauthn.challenge_of(new.credential)
    await use_up(
        db, "new_passkey", challenge, now,
        account_id=person.account_id, device_id=person.device_id,
    )  # fmt: skip
    made = webauthn.verify_creation(party, challenge, new.credential)
    await begin_write(db)
    await check_signed_in(db, person)
    if await _with_id(db, made.credential_id) is not None:
        raise PasskeyKnown
    if len(await passkeys_of(db, person.account_id)) >= PASSKEYS:
        raise TooManyPasskeys(maximum=PASSKEYS)
    key = Passkey(
        id=uuid7(),
        account_id=person.account_id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        is_syncable=made.is_syncable,
        is_backed_up=made.is_backed_up,
        transports=made.transports,
        name=new.name.strip()[:NAME_LIMIT] or "Clé d’accès",
        created_at=now,
    )
    db.add(key)
    await db.flush()
    await record_for_account(
        db, person.account_id, person.device_id, "account.passkey_added", key.id
    )
    await tell_change(db, person.account_id, "passkey_added", now)
    return key


async def rename_passkey(db: AsyncSession, person: Person, key_id: UUID, name: str) -> Passkey:
    """Give a passkey a name its owner recognises.

    Raises:
        NotFound
    """
    await begin_write(db)
    key = await _own(db, person, key_id)
    wanted = name.strip()[:NAME_LIMIT] or key.name
    if wanted != key.name:
        key.name = wanted
        await db.flush()
        await record_for_account(
            db, person.account_id, person.device_id, "account.passkey_renamed", key.id
        )
    return key


async def remove_passkey(db: AsyncSession, person: Person, key_id: UUID) -> None:
    """Forget a passkey: it opens nothing any more.

    Raises:
        NotFound, LastWayIn
    """
    await begin_write(db)
    # Two removals at once must not each count on the other's passkey.
    account = await db.get_one(Account, person.account_id, with_for_update=True)
    key = await _own(db, person, key_id)
    if account.password_hash is None and len(await passkeys_of(db, account.id)) == 1:
        raise LastWayIn
    await db.delete(key)
    await db.flush()
    await record_for_account(
        db, person.account_id, person.device_id, "account.passkey_removed", key_id
    )
    await tell_change(db, person.account_id, "passkey_removed", datetime.now(UTC))


async def forget_ways_in(db: AsyncSession, account_id: UUID, now: datetime) -> None:
    """Close the sessions of an account without a password, with the passkeys and codes added from
    them: its address has just been proven for the first time."""
    await sign_out_devices(db, account_id, now)
    for table in (Passkey, CodeSecret, RecoveryCode):
        await db.execute(delete(table).where(table.account_id == account_id))


async def passkeys_of(db: AsyncSession, account_id: UUID) -> Sequence[Passkey]:
    """The passkeys of an account, oldest first."""
    found = await db.scalars(
        select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)
    )
    return found.all()


async def has_passkey(db: AsyncSession, account_id: UUID) -> bool:
    """Whether an account has any."""
    count = await db.scalar(select(func.count(Passkey.id)).where(Passkey.account_id == account_id))
    return bool(count)


async def ask_for_known(
    db: AsyncSession, party: Party, person: Person, now: datetime
) -> Wire | None:
    """What the browser is asked so that a signed-in person shows a passkey; None without any."""
    await begin_write(db)
    known = await passkeys_of(db, person.account_id)
    if not known:
        return None
    challenge = await ask(
        db, "proof", now, account_id=person.account_id, device_id=person.device_id
    )
    return webauthn.request_options(party, challenge, _known(known))


async def ask_for_any(
    db: AsyncSession, master: Key, party: Party, guesser: Guesser, now: datetime
) -> Wire:
    """What the browser is asked at the door: whichever passkey of ours it holds.

    Raises:
        TooManyAttempts
    """
    await take_guess(db, buckets_of_door(master, guesser), now)
    return webauthn.request_options(party, await ask(db, "passkey", now))


async def check_passkey(
    db: AsyncSession,
    party: Party,
    kind: Kind,
    credential: Wire,
    now: datetime,
    *,
    by: Person | None = None,
) -> UUID:
    """Whose passkey it is, once its answer is right; a write transaction is open afterwards.

    `by`: the signed-in person who was asked; nobody else's passkey will do.

    Raises:
        ChallengeOver, PasskeyRefused
    """
    claim = webauthn.claim_of(credential)
    account_id, device_id = (by.account_id, by.device_id) if by else (None, None)
    await use_up(db, kind, claim.challenge, now, account_id=account_id, device_id=device_id)
    await begin_write(db)
    key = await _with_id(db, claim.credential_id)
    if key is None or key.account_id != (account_id or key.account_id):
        raise PasskeyRefused
    # At the door the answer names the account (its user handle); where it was named, it may not.
    if claim.handle != key.account_id and (by is None or claim.handle is not None):
        raise PasskeyRefused
    used = webauthn.verify_use(party, claim.challenge, credential, key.public_key, key.sign_count)
    kept = await db.execute(
        update(Passkey)
        .where(Passkey.id == key.id, Passkey.sign_count == key.sign_count)
        .values(sign_count=used.sign_count, is_backed_up=used.is_backed_up, last_used_at=now)
        .returning(Passkey.id)
    )
    if kept.first() is None:
        raise PasskeyRefused
    return key.account_id


async def _with_id(db: AsyncSession, credential_id: bytes) -> Passkey | None:
    found: Passkey | None = await db.scalar(
        select(Passkey).where(Passkey.credential_id == credential_id)
    )
    return found


async def _own(db: AsyncSession, person: Person, key_id: UUID) -> Passkey:
    key = await db.get(Passkey, key_id)
    if key is None or key.account_id != person.account_id:
        raise NotFound
    return key


def _known(keys: Sequence[Passkey]) -> list[Known]:
    return [Known(key.credential_id, key.transports) for key in keys]
