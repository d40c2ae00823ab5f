"""Invitations, links and codes on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from cartable.accounts.shapes import DeviceName, Email, Password
from cartable.members.shapes.words import Secret


class InvitationSecret(msgspec.Struct, kw_only=True):
    """What a link carries after its `#`: servers on the way never see it."""

    secret: Secret


class Invitation(msgspec.Struct, kw_only=True):
    """What a link invites to. `must_sign_in`: the person has a way in already, and accepts by it.

    `is_renewal`: a member chooses another password.
    """

    authority_name: str
    civility: str
    first_name: str
    last_name: str
    email: str
    expires_at: datetime
    must_sign_in: bool
    is_renewal: bool


class Acceptance(msgspec.Struct, kw_only=True):
    """Accepting an invitation. Without a password, a passkey is added from the session it opens."""

    secret: Secret
    password: Password | None = None
    device_name: DeviceName = ""


class Entered(msgspec.Struct, kw_only=True):
    """The invitation is accepted; the cookie carries the secret of the session that opened."""

    account_id: UUID
    authority_id: UUID


class LinkAsked(msgspec.Struct, kw_only=True):
    """The address to send a link to."""

    email: Email


class LinkOpened(msgspec.Struct, kw_only=True):
    """What the link of a message carries after its `#`."""

    secret: Secret
    device_name: DeviceName = ""


class TypedCode(msgspec.Struct, kw_only=True):
    """A code of eight characters, however it is typed."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    device_name: DeviceName = ""


class GivenCode(msgspec.Struct, kw_only=True):
    """A code to read aloud: shown once, opens once."""

    code: str
    expires_at: datetime


class LinkSwitch(msgspec.Struct, kw_only=True):
    """Whether councillors of an authority may sign in by a link sent to them."""

    is_enabled: bool
