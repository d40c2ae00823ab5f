"""Sending one line of the outbox to one device.

At least once: a worker that dies between the push service's answer and the end of the job sends it
again, with the same topic and the same tag, so that the second replaces the first.
"""

import logging
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.tables import AccountKey, Device
from cartable.authorities.tables import Authority
from cartable.jobs import Hopeless, Postponed
from cartable.members.access import is_taken_from
from cartable.members.tables import Member
from cartable.notifications.access import preferences_shape
from cartable.notifications.actions.announce import Kind, put_off
from cartable.notifications.actions.subscribe import place_of
from cartable.notifications.identity import open_identity
from cartable.notifications.rules import Fate, quiet_until, urgency, verdict
from cartable.notifications.shapes import NewSubscription, NotificationPreferences
from cartable.notifications.tables import (
    NotificationPreference,
    NotificationSwitch,
    PushSubscription,
)
from cartable.runtime import Runtime
from cartable.sealing import Key, open_account_key

if TYPE_CHECKING:
    from cartable.notifications.push import Post

log = logging.getLogger(__name__)

BLOCK = 1024
"""Messages are padded to a multiple of this: their size tells nothing of what they say."""


class Line(msgspec.Struct):
    """The body of a job: identities and moments, nothing that a person wrote."""

    subscription_id: UUID
    authority_id: UUID
    sitting_id: UUID
    kind: Kind
    starts_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Hearing:
    """A device that may still be told, and what its person wants to hear."""

    digest: str
    subscription: NewSubscription
    preferences: NotificationPreferences
    time_zone: str


@asynccontextmanager
async def open_post(runtime: Runtime) -> AsyncIterator["Post"]:
    """A part of the runtime: one client for the process, loaded at the first message."""
    from cartable.notifications import push

    settings = runtime.settings
    # Push services write to whoever answers for the server: at its own address.
    contact = settings.address.replace("http://", "https://", 1)
    identity = await runtime.part(open_identity)
    async with push.open_post(identity, contact, settings.push_hosts) as post:
        yield post


async def deliver(runtime: Runtime, line: Line, now: datetime) -> None:
    """Send, put off to the end of quiet hours, drop what nobody should hear any more, or raise
    `Postponed` or `Hopeless`."""
    if now >= line.until:
        return
    async with runtime.reading(line.authority_id) as db:
        hearing = await _hearing(db, runtime.master_key, line)
    if hearing is None:
        return
    wanted = hearing.preferences
    if not getattr(wanted, line.kind):
        return
    if wanted.quiet is not None:
        quiet = wanted.quiet
        if ends := quiet_until(now, hearing.time_zone, quiet.begins, quiet.ends):
            # A new job, not this one again: taken, it gathers no more, and a night of changes would
            # ring as often in the morning.
            async with runtime.writing() as db:
                await put_off(db, msgspec.to_builtins(line), ends)
            return
    await _send(runtime, line, hearing, now)


async def _hearing(db: AsyncSession, master: Key, line: Line) -> Hearing | None:
    """None: unsubscribed, signed out, no longer a member, switched off by the authority, or it is
    suspended."""
    found = (
        await db.execute(
            select(
                PushSubscription, AccountKey.wrapped, Authority.time_zone, NotificationPreference
            )
            .join(Device, Device.id == PushSubscription.device_id)
            .join(AccountKey, AccountKey.account_id == PushSubscription.account_id)
            .join(Member, Member.account_id == PushSubscription.account_id)
            .join(Authority, Authority.id == Member.authority_id)
            .outerjoin(NotificationSwitch, NotificationSwitch.authority_id == Authority.id)
            .outerjoin(
                NotificationPreference,
                NotificationPreference.account_id == PushSubscription.account_id,
            )
            .where(
                PushSubscription.id == line.subscription_id,
                Device.signed_out_at.is_(None),
                Member.authority_id == line.authority_id,
                Authority.suspended_at.is_(None),
                Member.accepted_at.is_not(None),
                Member.deactivated_at.is_(None),
                ~is_taken_from(Device.id, Member.authority_id),
                func.coalesce(NotificationSwitch.is_enabled, True),
            )
        )
    ).one_or_none()
    if found is None:
        return None
    row, wrapped, time_zone, preference = found
    key = open_account_key(master, wrapped, str(row.account_id))
    plain = key.open(row.sealed, place_of(row.device_id))
    return Hearing(
        digest=row.endpoint_digest,
        subscription=msgspec.json.decode(plain, type=NewSubscription),
        preferences=preferences_shape(preference),
        time_zone=time_zone,
    )


async def _send(runtime: Runtime, line: Line, hearing: Hearing, now: datetime) -> None:
    post = await runtime.part(open_post)
    to = hearing.subscription
    status, retry_after = await post.send(
        to.endpoint,
        {"p256dh": to.keys.p256dh, "auth": to.keys.auth},
        message_of(runtime.settings.address, line),
        ttl=int((line.until - now).total_seconds()),
        urgency=urgency(line.starts_at, now),
        topic=topic_of(runtime.master_key, line),
    )
    answer = verdict(status, retry_after, now)
    told = {"status": status, "subscription_id": str(line.subscription_id)}
    if answer.fate is Fate.GONE:
        log.info("push subscription gone", extra=told)
        async with runtime.writing() as db:
            # Unless the device subscribed anew meanwhile.
            await db.execute(
                delete(PushSubscription).where(
                    PushSubscription.id == line.subscription_id,
                    PushSubscription.endpoint_digest == hearing.digest,
                )
            )
    elif answer.fate is Fate.LATER:
        log.warning("push service busy", extra=told)
        raise Postponed(answer.later)
    elif answer.fate is Fate.OUR_FAULT:
        log.error("push service refused us", extra=told)
        raise Hopeless


def message_of(address: str, line: Line) -> bytes:
    """One JSON for declarative web push and for the service worker: no title, no name, no place.

    `mutable` lets the service worker set the badge where the browser shows the message by itself.
    """
    said = {
        "web_push": 8030,
        "mutable": True,
        "notification": {
            "title": "Cartable",
            "body": "Une mise à jour vous attend.",
            "lang": "fr",
            "dir": "ltr",
            "tag": str(line.sitting_id),
            "navigate": f"{address}/seances/{line.authority_id}/{line.sitting_id}",
        },
    }
    plain = msgspec.json.encode(said)
    # White space after a JSON text is allowed (RFC 8259, section 2).
    return plain.ljust(-(-len(plain) // BLOCK) * BLOCK)


def topic_of(master: Key, line: Line) -> str:
    """Of one device and one sitting, and telling the push service neither."""
    digest = master.digest("push_topic", f"{line.subscription_id}:{line.sitting_id}")
    return urlsafe_b64encode(bytes.fromhex(digest))[:32].decode()
