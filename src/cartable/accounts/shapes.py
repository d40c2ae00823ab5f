"""Accounts and devices on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

Password = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Email = Annotated[str, msgspec.Meta(max_length=254)]
DeviceName = Annotated[str, msgspec.Meta(max_length=60)]


class Credentials(msgspec.Struct, kw_only=True):
    """What a person types to sign in. `device_name` is how this browser will be listed."""

    email: Email
    password: Password
    device_name: DeviceName = ""


class Proof(msgspec.Struct, kw_only=True):
    """What shows again that it is the same person."""

    password: Password


class SignedIn(msgspec.Struct, kw_only=True):
    """The cookie carries the secret; `must_change_password` after a one-time password."""

    account_id: UUID
    device_id: UUID
    must_change_password: bool


class PasswordChange(msgspec.Struct, kw_only=True):
    """The password in use, then the one wanted (12 characters or more)."""

    current: Password
    new: Password


class Account(msgspec.Struct, kw_only=True):
    """The person who is signed in."""

    id: UUID
    email: str
    civility: str
    first_name: str
    last_name: str
    must_change_password: bool


class Device(msgspec.Struct, kw_only=True):
    """One signed-in browser or installed app. `is_current`: the one that asks."""

    id: UUID
    name: str
    created_at: datetime
    last_seen_at: datetime
    is_current: bool


class DeviceEdit(msgspec.Struct, kw_only=True):
    """Another name for a device."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
