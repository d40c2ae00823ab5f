"""A device asks to be told; a person says what they want to hear; an authority switches it off."""

from datetime import datetime

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.rules import DeviceSignedOut, ProofNeeded
from cartable.accounts.tables import AccountKey, Device
from cartable.actor import Actor, Person
from cartable.audit.actions import record, record_for_account
from cartable.database import begin_write, uuid7
from cartable.members.actions.enter import enter
from cartable.notifications.access import is_enabled, preferences_of
from cartable.notifications.rules import check_endpoint, check_keys
from cartable.notifications.shapes import NewSubscription, NotificationPreferences
from cartable.notifications.tables import (
    NotificationPreference,
    NotificationSwitch,
    PushSubscription,
)
from cartable.sealing import Key, open_account_key


def place_of(device_id: object) -> str:
    """Where the sealed subscription of a device lives."""
    return f"push_subscription.sealed:{device_id}"


def endpoint_digest(master: Key, endpoint: str) -> str:
    """A name for an endpoint that tells nothing of it."""
    return master.digest("push_endpoint", endpoint)


async def subscribe_device(
    db: AsyncSession,
    master: Key,
    person: Person,
    new: NewSubscription,
    more_hosts: tuple[str, ...],
    now: datetime,
) -> None:
    """Tell this device from now on. Again, or with other keys, replaces what was there, and leaves
    no line: browsers renew their subscription by themselves.

    A browser that somebody else used before stops being theirs.

    Raises:
        PushServiceUnknown, PushKeysInvalid, DeviceSignedOut
        ProofNeeded: a clerk's code lasts a day, and what is told here would go on.
    """
    if person.is_given:
        raise ProofNeeded
    check_endpoint(new.endpoint, more_hosts)
    check_keys(new.keys.p256dh, new.keys.auth)
    await begin_write(db)
    device = await db.get(Device, person.device_id)
    if device is None or device.signed_out_at is not None:
        raise DeviceSignedOut
    wrapped = (await db.get_one(AccountKey, person.account_id)).wrapped
    key = open_account_key(master, wrapped, str(person.account_id))
    digest = endpoint_digest(master, new.endpoint)
    mine = select(PushSubscription.account_id).where(PushSubscription.device_id == person.device_id)
    is_new = await db.scalar(mine) is None
    await db.execute(
        delete(PushSubscription).where(
            PushSubscription.endpoint_digest == digest,
            PushSubscription.device_id != person.device_id,
        )
    )
    kept = {
        "endpoint_digest": digest,
        "sealed": key.seal(msgspec.json.encode(new), place_of(person.device_id)),
        "created_at": now,
    }
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    await db.execute(
        insert(PushSubscription)
        .values(id=uuid7(), device_id=person.device_id, account_id=person.account_id, **kept)
        # The same line: what was announced to it still goes.
        .on_conflict_do_update(index_elements=["device_id"], set_=kept)
    )
    if is_new:
        await record_for_account(
            db, person.account_id, person.device_id, "account.notices_on", person.device_id,
            device=device.name,
        )  # fmt: skip


async def unsubscribe_device(db: AsyncSession, person: Person) -> None:
    """Tell this device no more; doing it again changes nothing."""
    await begin_write(db)
    gone = await db.execute(
        delete(PushSubscription)
        .where(
            PushSubscription.device_id == person.device_id,
            PushSubscription.account_id == person.account_id,
        )
        .returning(PushSubscription.id)
    )
    if gone.first() is not None:
        device = await db.get_one(Device, person.device_id)
        await record_for_account(
            db, person.account_id, person.device_id, "account.notices_off", person.device_id,
            device=device.name,
        )  # fmt: skip


async def set_notification_preferences(
    db: AsyncSession, person: Person, chosen: NotificationPreferences
) -> NotificationPreferences:
    """What a person wants to hear, on all their devices."""
    await begin_write(db)
    if chosen == await preferences_of(db, person.account_id):
        return chosen
    quiet = chosen.quiet
    await db.merge(
        NotificationPreference(
            account_id=person.account_id,
            sitting_called=chosen.sitting_called,
            piece_changed=chosen.piece_changed,
            quiet_begins=quiet.begins if quiet else None,
            quiet_ends=quiet.ends if quiet else None,
        )
    )
    await db.flush()
    await record_for_account(db, person.account_id, person.device_id, "account.notices_chosen")
    return chosen


async def switch_notifications(db: AsyncSession, actor: Actor, to_enabled: bool) -> None:
    """Let notifications of an authority leave, or none: what waits is dropped when its turn comes.

    Raises:
        RoleMissing
    """
    seq = await enter(db, actor, "admin")
    if await is_enabled(db, actor.authority_id) == to_enabled:
        return
    await db.merge(NotificationSwitch(authority_id=actor.authority_id, is_enabled=to_enabled))
    record(db, actor, seq, "notifications.enabled" if to_enabled else "notifications.disabled")
    await db.flush()
