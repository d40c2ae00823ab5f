"""Members and the directory on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from cartable.accounts.shapes import Account, Device, Email
from cartable.authorities.shapes import Authority
from cartable.mail.shapes import MailFate
from cartable.members.shapes.assemblies import NewSeat, Seat
from cartable.members.shapes.words import Civility, Name, Phone, Position, Role


class Membership(msgspec.Struct, kw_only=True):
    """One authority of the person who asks, and what they are in it."""

    authority: Authority
    member_id: UUID
    roles: list[Role]


class Me(msgspec.Struct, kw_only=True):
    """Everything a screen needs to know of who is signed in.

    `wipe_proof`: by what this device will say that it has erased itself, once nothing else is left.
    """

    account: Account
    device: Device
    memberships: list[Membership]
    wipe_proof: str


class Member(msgspec.Struct, kw_only=True):
    """A colleague, as every member of the authority sees them.

    `email` and `phone` are empty when the directory does not show them.
    """

    id: UUID
    civility: str
    first_name: str
    last_name: str
    position: str
    roles: list[Role]
    is_active: bool
    email: str
    phone: str


Entry = Literal["accepted", "invited", "expired", "uninvited"]


class MemberLine(Member, kw_only=True):
    """A member as the administrator sees them; `last_seen_at` on any of their devices.

    `entry`: until the invitation is accepted nothing is readable; it opens for 72 hours. `mail`:
    what became of the last message to their address. Address and telephone are there even when
    the directory does not show them.
    """

    group_id: UUID | None
    seats: list[Seat]
    deactivated_at: datetime | None
    created_at: datetime
    entry: Entry
    invited_at: datetime | None
    accepted_at: datetime | None
    mail: MailFate | None
    last_seen_at: datetime | None
    devices: list[str]


class NewMember(msgspec.Struct, kw_only=True):
    """A person to let into the authority."""

    civility: Civility = ""
    first_name: Name
    last_name: Name
    email: Email
    phone: Phone = ""
    position: Position = ""
    roles: Annotated[list[Role], msgspec.Meta(min_length=1, max_length=5)]
    group_id: UUID | None = None
    seats: Annotated[list[NewSeat], msgspec.Meta(max_length=50)] = []


class MemberEdit(msgspec.Struct, kw_only=True):
    """What changes in a member; what is left out stays."""

    civility: Civility | UnsetType = UNSET
    first_name: Name | UnsetType = UNSET
    last_name: Name | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    roles: Annotated[list[Role], msgspec.Meta(min_length=1, max_length=5)] | UnsetType = UNSET
    group_id: UUID | UnsetType | None = UNSET


class Contact(msgspec.Struct, kw_only=True):
    """A service of the authority in the directory; `phone` is E.164."""

    id: UUID
    name: str
    role: str
    phone: str
    email: str


class NewContact(msgspec.Struct, kw_only=True):
    """A service to list, or all of what it becomes."""

    name: Name
    role: Position = ""
    phone: Phone = ""
    email: Email = ""


class MyListing(msgspec.Struct, kw_only=True):
    """How a person stands in the directory of an authority: what they show of themselves."""

    phone: Phone
    shows_email: bool
    shows_phone: bool
