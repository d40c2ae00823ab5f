"""Notifications: this device, what a person wants to hear, the switch of an authority."""

from datetime import datetime
from typing import Any

from litestar import Request, delete, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.guards import admitted
from cartable.accounts.routes import ADMITTED, UNSAFE
from cartable.accounts.rules import ProofNeeded
from cartable.actor import Person
from cartable.errors import CrossSiteRequest
from cartable.members.access import allow
from cartable.members.doors import ANY, AUTHORITY, BODY, Asker
from cartable.members.guards import member_only
from cartable.notifications import access
from cartable.notifications.actions import subscribe
from cartable.notifications.identity import open_identity
from cartable.notifications.rules import PushKeysInvalid, PushServiceUnknown
from cartable.notifications.shapes import (
    NewSubscription,
    NotificationPreferences,
    Notifications,
    NotificationSwitch,
)
from cartable.web import refusals, runtime_of

Db = NamedDependency[AsyncSession]
Now = NamedDependency[datetime]
Asking = NamedDependency[Person]


@get(
    "/api/notifications",
    summary="How this device and this person are told",
    guards=[admitted],
    responses=refusals(*ADMITTED),
)
async def read_notifications(
    request: Request[Any, Any, Any], person: Asking, db: Db
) -> Notifications:
    """What a browser needs to subscribe, and what the person chose."""
    identity = await runtime_of(request).part(open_identity)
    mine = await db.scalar(access.readable_subscriptions(person))
    return Notifications(
        key=identity.key,
        is_subscribed=mine is not None,
        preferences=await access.preferences_of(db, person.account_id),
        switched_off=await access.switched_off(db, person),
    )


@put(
    "/api/notifications/subscription",
    summary="Tell this device",
    status_code=204,
    guards=[admitted],
    responses=refusals(*ADMITTED, ProofNeeded, PushServiceUnknown, PushKeysInvalid, *UNSAFE),
)
async def subscribe_device(
    request: Request[Any, Any, Any],
    person: Asking,
    data: JSONBody[NewSubscription],
    db: Db,
    now: Now,
) -> None:
    """The subscription that the browser gave; sending it again replaces it."""
    runtime = runtime_of(request)
    hosts = runtime.settings.push_hosts
    await subscribe.subscribe_device(db, runtime.master_key, person, data, hosts, now)


@delete(
    "/api/notifications/subscription",
    summary="Tell this device no more",
    guards=[admitted],
    responses=refusals(*ADMITTED, CrossSiteRequest),
)
async def unsubscribe_device(person: Asking, db: Db) -> None:
    """Doing it again changes nothing."""
    await subscribe.unsubscribe_device(db, person)


@put(
    "/api/notifications/preferences",
    summary="Choose what to hear, and when not to",
    guards=[admitted],
    responses=refusals(*ADMITTED, *UNSAFE),
)
async def set_notification_preferences(
    person: Asking, data: JSONBody[NotificationPreferences], db: Db
) -> NotificationPreferences:
    """For all the devices of the person."""
    return await subscribe.set_notification_preferences(db, person, data)


@get(
    f"{AUTHORITY}/notifications",
    summary="Whether an authority lets notifications leave",
    guards=[member_only],
    responses=refusals(*ANY),
)
async def read_notification_switch(actor: Asker, db: Db) -> NotificationSwitch:
    """Each device still asks for itself."""
    return NotificationSwitch(is_enabled=await access.is_enabled(db, actor.authority_id))


@put(
    f"{AUTHORITY}/notifications",
    summary="Let notifications of an authority leave, or none",
    guards=[member_only],
    responses=refusals(*BODY),
)
async def switch_notifications(
    actor: Asker, data: JSONBody[NotificationSwitch], db: Db
) -> NotificationSwitch:
    """What waits to be sent when it is switched off is dropped."""
    allow(actor, "admin")
    await subscribe.switch_notifications(db, actor, data.is_enabled)
    return data


handlers = [
    read_notifications,
    subscribe_device,
    unsubscribe_device,
    set_notification_preferences,
    read_notification_switch,
    switch_notifications,
]
