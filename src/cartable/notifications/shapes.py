"""Notifications on the wire."""

from typing import Annotated
from uuid import UUID

import msgspec

TimeOfDay = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class QuietHours(msgspec.Struct, kw_only=True):
    """Nothing rings from `begins` to `ends`, `HH:MM` in the authority's time zone; may cross
    midnight."""

    begins: TimeOfDay
    ends: TimeOfDay


class NotificationPreferences(msgspec.Struct, kw_only=True):
    """What a person wants to hear, on all their devices. `quiet`: no quiet hours when null."""

    sitting_called: bool = True
    piece_changed: bool = True
    quiet: QuietHours | None = None


class Notifications(msgspec.Struct, kw_only=True):
    """What the screen of notifications shows.

    `key`: the server's public key for push services (RFC 8292), base64url. `is_subscribed`: this
    device is told. `switched_off`: authorities of the person that send none.
    """

    key: str
    is_subscribed: bool
    preferences: NotificationPreferences
    switched_off: list[UUID]


class PushKeys(msgspec.Struct, kw_only=True):
    """Keys of a browser's subscription (RFC 8291), base64url."""

    p256dh: Annotated[str, msgspec.Meta(max_length=200)]
    auth: Annotated[str, msgspec.Meta(max_length=100)]


class NewSubscription(msgspec.Struct, kw_only=True):
    """A browser's subscription, as `PushSubscription.toJSON()` gives it."""

    endpoint: Annotated[str, msgspec.Meta(max_length=2000)]
    keys: PushKeys


class NotificationSwitch(msgspec.Struct, kw_only=True):
    """Whether an authority lets notifications leave."""

    is_enabled: bool
