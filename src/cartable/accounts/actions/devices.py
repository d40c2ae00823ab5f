"""The devices of a person: their names, their last visit, and closing their sessions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cartable import revocations
from cartable.accounts import tickets
from cartable.accounts.rules import NAME_LIMIT
from cartable.accounts.tables import Device
from cartable.accounts.throttle import take_guess
from cartable.actor import Person
from cartable.audit.actions import record_for_account
from cartable.database import begin_write
from cartable.errors import NotFound
from cartable.sealing import Key


async def sign_out(db: AsyncSession, person: Person, now: datetime) -> None:
    """Close this device's session."""
    await begin_write(db)
    await _sign_out(db, person.account_id, person.device_id, now)
    await record_for_account(
        db, person.account_id, person.device_id, "account.signed_out", person.device_id
    )


async def sign_out_device(db: AsyncSession, person: Person, device_id: UUID, now: datetime) -> None:
    """Close another of one's sessions: that device empties itself at its next contact.

    Raises:
        NotFound
    """
    await begin_write(db)
    if not await _sign_out(db, person.account_id, device_id, now):
        raise NotFound
    await record_for_account(
        db, person.account_id, person.device_id, "account.device_signed_out", device_id
    )


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


async def sign_out_other_devices(db: AsyncSession, person: Person, now: datetime) -> None:
    """Close every other of one's sessions, and what waits in a mailbox to open another."""
    closed = await sign_out_devices(db, person.account_id, now, but=person.device_id)
    await tickets.cancel_entries(db, [person.account_id], now)
    await tickets.cancel_renewals(db, person.account_id, now)
    await record_for_account(
        db, person.account_id, person.device_id, "account.devices_signed_out", count=closed
    )


async def sign_out_devices(
    db: AsyncSession, account_id: UUID, now: datetime, *, but: UUID | None = None
) -> int:
    """Close every session of an account but one, in a deed that is recorded; how many."""
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
    return _revoked(db, done.all(), now)


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


RENAMINGS = 20
"""Of a quarter of an hour, for an account: each is a line that is kept for ever."""


async def rename_device(
    db: AsyncSession, master: Key, person: Person, device_id: UUID, name: str, now: datetime
) -> Device:
    """Give a device a name its owner recognises.

    Raises:
        NotFound, TooManyAttempts
    """
    await begin_write(db)
    device = await db.get(Device, device_id)
    if device is None or device.account_id != person.account_id or device.signed_out_at:
        raise NotFound
    new = name.strip()[:NAME_LIMIT] or device.name
    if new == device.name:
        return device
    bucket = master.digest("guess", f"renamings|{person.account_id.hex}")
    await take_guess(db, [(bucket, RENAMINGS)], now)
    device.name = new
    await record_for_account(
        db, person.account_id, person.device_id, "account.device_renamed", device.id,
        device=device.name,
    )  # fmt: skip
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
