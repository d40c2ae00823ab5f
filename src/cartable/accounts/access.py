"""Who is signed in, and their own devices."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.orm.util import AliasedClass

from cartable.accounts.passwords import token_hash
from cartable.accounts.rules import (
    DEVICES,
    KEPT_SIGNED_OUT,
    DeviceSignedOut,
    Limits,
    Revoked,
    is_over,
)
from cartable.accounts.tables import Account, AccountKey, Device
from cartable.actor import Person
from cartable.database import UtcDateTime
from cartable.sealing import Key, open_account_key


async def signed_in_person(
    db: AsyncSession, token: str, now: datetime, limits: Limits
) -> tuple[Person, datetime] | None:
    """The person behind a device's secret, and when the device was last seen.

    A device that was signed out is still known for 30 days, only to be emptied. A session that
    lasted too long is nobody's: its tablet keeps what it holds, sealed, until its owner is back.

    Raises:
        Revoked: those days are over (sync.md, section 4).
    """
    asked = {"token": token_hash(token), **_still_open(limits, now)}
    found = (await db.execute(_OF_TOKEN, asked)).one_or_none()
    if found is None:
        return None
    if found.signed_out_at and found.signed_out_at < now - KEPT_SIGNED_OUT:
        raise Revoked
    person = Person(
        account_id=found.account_id,
        device_id=found.id,
        is_signed_out=found.signed_out_at is not None,
        signed_in_at=found.created_at,
        proved_at=found.proved_at,
        method=found.method,
        is_extra=found.before >= DEVICES,
        desk_needs_proof=now - found.proved_at > limits.desk,
    )
    if not person.is_signed_out and is_over(
        person.signed_in_at, found.last_seen_at, limits, now, is_given=person.is_given
    ):
        return None
    return person, found.last_seen_at


def _is_open(device: type[Device] | AliasedClass[Device]) -> tuple[ColumnElement[bool], ...]:
    """The session of a device is neither closed nor over; needs the values of `_still_open`."""
    return (
        device.signed_out_at.is_(None),
        device.created_at > bindparam("opened_after", type_=UtcDateTime),
        device.last_seen_at > bindparam("seen_after", type_=UtcDateTime),
        or_(
            device.method != "clerk_code",
            device.proved_at >= device.created_at,
            device.created_at > bindparam("given_after", type_=UtcDateTime),
        ),
    )


def _still_open(limits: Limits, now: datetime) -> dict[str, datetime]:
    return {
        "opened_after": now - limits.absolute,
        "seen_after": now - limits.idle,
        "given_after": now - limits.given,
    }


def _of_token() -> Select[UUID, UUID, datetime, datetime | None, datetime, datetime, str, int]:
    older = aliased(Device)
    # Ids are in order of time (uuid7): those that came in before this one, and are still there.
    before = (
        select(func.count())
        .where(older.account_id == Device.account_id, older.id < Device.id, *_is_open(older))
        .scalar_subquery()
    )
    return (
        select(
            Device.id,
            Device.account_id,
            Device.last_seen_at,
            Device.signed_out_at,
            Device.created_at,
            Device.proved_at,
            Device.method,
            before.label("before"),
        )
        .join(Account, Account.id == Device.account_id)
        .where(Device.token_hash == bindparam("token", type_=Device.token_hash.type))
    )


_OF_TOKEN = _of_token()
"""Put into words once: every request asks it."""


def readable_devices(person: Person, limits: Limits, now: datetime) -> Select[Device]:
    """One's own devices that are signed in, last seen first."""
    return (
        select(Device)
        .where(Device.account_id == person.account_id, *_is_open(Device))
        .order_by(Device.last_seen_at.desc(), Device.id)
        .params(_still_open(limits, now))
    )


async def check_signed_in(db: AsyncSession, person: Person) -> None:
    """Look again, inside the write of a deed on oneself: « sign all others out » may have come
    first, and must leave nothing behind.

    Raises:
        DeviceSignedOut
    """
    held = select(Device.signed_out_at).where(Device.id == person.device_id).with_for_update()
    found = (await db.execute(held)).one_or_none()
    if found is None or found.signed_out_at is not None:
        raise DeviceSignedOut


def is_owned(account: Account) -> bool:
    """Whether somebody has shown that an account is theirs: by opening what was sent to its
    address, or by a password, which asks for that first.

    Before that, whoever came in did so by a provider that some authority chose: what they put on
    the account binds nobody (DECISIONS, 24).
    """
    return account.email_verified_at is not None or account.password_hash is not None


async def account_key(db: AsyncSession, master: Key, account_id: UUID) -> Key:
    """The key of an account's private data, unwrapped.

    Raises:
        Revoked: it was destroyed, and with it all that it sealed: devices forget what they hold.
    """
    held = await db.get(AccountKey, account_id)
    if held is None:
        raise Revoked
    return open_account_key(master, held.wrapped, str(account_id))
