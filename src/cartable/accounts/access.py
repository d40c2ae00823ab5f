"""Who is signed in, and their own devices."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.passwords import token_hash
from cartable.accounts.rules import KEPT_SIGNED_OUT, Revoked
from cartable.accounts.tables import Account, AccountKey, Device
from cartable.actor import Person
from cartable.sealing import Key, open_account_key


async def signed_in_person(
    db: AsyncSession, token: str, now: datetime
) -> tuple[Person, datetime] | None:
    """The person behind a device's secret, and when the device was last seen.

    A device that was signed out is still known for 30 days, only to be emptied.

    Raises:
        Revoked: those days are over (sync.md, section 4).
    """
    found = (
        await db.execute(
            select(
                Device.id,
                Device.account_id,
                Device.last_seen_at,
                Device.signed_out_at,
                Device.created_at,
                Device.proved_at,
                Device.method,
                Account.must_change_password,
            )
            .join(Account, Account.id == Device.account_id)
            .where(Device.token_hash == token_hash(token))
        )
    ).one_or_none()
    if found is None:
        return None
    if found.signed_out_at and found.signed_out_at < now - KEPT_SIGNED_OUT:
        raise Revoked
    person = Person(
        account_id=found.account_id,
        device_id=found.id,
        must_change_password=found.must_change_password,
        is_signed_out=found.signed_out_at is not None,
        signed_in_at=found.created_at,
        proved_at=found.proved_at,
        method=found.method,
    )
    return person, found.last_seen_at


def readable_devices(person: Person) -> Select[Device]:
    """One's own devices that are signed in, last seen first."""
    return (
        select(Device)
        .where(Device.account_id == person.account_id, Device.signed_out_at.is_(None))
        .order_by(Device.last_seen_at.desc(), Device.id)
    )


async def account_key(db: AsyncSession, master: Key, account_id: UUID) -> Key:
    """The key of an account's private data, unwrapped.

    Raises:
        Revoked: it was destroyed, and with it all that it sealed: devices forget what they hold.
    """
    held = await db.get(AccountKey, account_id)
    if held is None:
        raise Revoked
    return open_account_key(master, held.wrapped, str(account_id))
