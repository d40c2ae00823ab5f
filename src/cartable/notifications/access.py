"""One's own devices and wishes; whether an authority lets notifications leave."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Person
from cartable.members.tables import Member
from cartable.notifications.shapes import NotificationPreferences, QuietHours
from cartable.notifications.tables import (
    NotificationPreference,
    NotificationSwitch,
    PushSubscription,
)
from cartable.tenancy import across_authorities


def readable_subscriptions(person: Person) -> Select[PushSubscription]:
    """The subscription of the device that asks, if it has one."""
    return select(PushSubscription).where(
        PushSubscription.device_id == person.device_id,
        PushSubscription.account_id == person.account_id,
    )


async def preferences_of(db: AsyncSession, account_id: UUID) -> NotificationPreferences:
    """What a person wants to hear; everything, at any hour, until they say otherwise."""
    row = await db.get(NotificationPreference, account_id)
    return preferences_shape(row)


def preferences_shape(row: NotificationPreference | None) -> NotificationPreferences:
    """A row of preferences, or none, as it travels."""
    if row is None:
        return NotificationPreferences()
    quiet = None
    if row.quiet_begins is not None and row.quiet_ends is not None:
        quiet = QuietHours(begins=row.quiet_begins, ends=row.quiet_ends)
    return NotificationPreferences(
        sitting_called=row.sitting_called, piece_changed=row.piece_changed, quiet=quiet
    )


async def is_enabled(db: AsyncSession, authority_id: UUID) -> bool:
    """Whether an authority lets notifications leave."""
    row = await db.get(NotificationSwitch, authority_id)
    return row is None or row.is_enabled


async def switched_off(db: AsyncSession, person: Person) -> list[UUID]:
    """The authorities of a person that let none leave."""
    off = (
        select(Member.authority_id)
        .join(NotificationSwitch, NotificationSwitch.authority_id == Member.authority_id)
        .where(
            Member.account_id == person.account_id,
            Member.accepted_at.is_not(None),
            Member.deactivated_at.is_(None),
            NotificationSwitch.is_enabled.is_(False),
        )
        .order_by(Member.authority_id)
    )
    async with across_authorities(db, "memberships", person.account_id):
        return list(await db.scalars(off))
