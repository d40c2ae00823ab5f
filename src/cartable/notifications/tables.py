"""Devices that asked to be told, what each person wants to hear, and where it is switched off."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Table
from cartable.sealing import Sealed, SealedBytes


class PushSubscription(Table):
    """Where one device is reached: endpoint and keys, sealed by the key of its account.

    `endpoint_digest` is a keyed hash: a browser that changes hands has one subscription, not two.
    """

    __tablename__ = "push_subscription"
    __table_args__ = (Index(None, "account_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[UUID] = mapped_column(
        ForeignKey("device.id", ondelete="CASCADE"), unique=True
    )
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    endpoint_digest: Mapped[str] = mapped_column(Text, unique=True)
    sealed: Mapped[SealedBytes] = mapped_column(Sealed)
    created_at: Mapped[datetime]


class NotificationPreference(Table):
    """What one person wants to hear. Quiet hours as `HH:MM`, told in the authority's time zone."""

    __tablename__ = "notification_preference"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    sitting_called: Mapped[bool]
    piece_changed: Mapped[bool]
    quiet_begins: Mapped[str | None] = mapped_column(Text)
    quiet_ends: Mapped[str | None] = mapped_column(Text)


class NotificationSwitch(Table):
    """Whether an authority lets notifications leave; without a row, it does (DECISIONS, 16)."""

    __tablename__ = "notification_switch"

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    is_enabled: Mapped[bool]
