"""Members, assemblies, seats and groups on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from cartable.accounts.shapes import Account, Device, Email
from cartable.authorities.shapes import Authority

Role = Literal["councillor", "clerk", "admin", "staff", "guest"]
Civility = Literal["", "Mme", "M."]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=r"\S")]
Position = Annotated[str, msgspec.Meta(max_length=160)]
AssemblyKind = Literal["council", "bureau", "committee", "other"]


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


CopyState = Literal["held", "unseen", "leaving", "wiped"]


class DeviceCopy(msgspec.Struct, kw_only=True):
    """What one device of a member holds of one authority.

    `held`: signed in, and may read. Else the authority was taken from it at `taken_at`: `unseen`
    until it comes back, `leaving` once it did (`seen_at`), `wiped` when it said that it had erased
    everything (`wiped_at`).
    """

    device_id: UUID
    name: str
    authority_id: UUID
    authority_name: str
    last_seen_at: datetime
    state: CopyState
    taken_at: datetime | None
    seen_at: datetime | None
    wiped_at: datetime | None


class WipeReceipt(msgspec.Struct, kw_only=True):
    """A device erased what it held. `proof` was given to it while it was signed in."""

    proof: Annotated[str, msgspec.Meta(min_length=64, max_length=64)]


class KeyShare(msgspec.Struct, kw_only=True):
    """The server's part of the keys of in camera pieces on one device: 32 bytes, base64url."""

    share: str


class Assembly(msgspec.Struct, kw_only=True):
    """A council, bureau or committee."""

    id: UUID
    name: str
    kind: AssemblyKind


class AssemblyLine(Assembly, kw_only=True):
    """An assembly with its seats in office today."""

    seats_in_office: int
    voting_seats: int


class NewAssembly(msgspec.Struct, kw_only=True):
    """An assembly to create."""

    name: Name
    kind: AssemblyKind


class AssemblyEdit(msgspec.Struct, kw_only=True):
    """What changes in an assembly; what is left out stays."""

    name: Name | UnsetType = UNSET
    kind: AssemblyKind | UnsetType = UNSET


class Group(msgspec.Struct, kw_only=True):
    """A political group."""

    id: UUID
    name: str


class GroupLine(Group, kw_only=True):
    """A group with its number of active members."""

    members: int


class NewGroup(msgspec.Struct, kw_only=True):
    """A group to create, or its new name."""

    name: Name


class NewSeat(msgspec.Struct, kw_only=True):
    """A place to give in an assembly. `ends_on`: the last day in office, absent while it lasts."""

    assembly_id: UUID
    starts_on: date
    ends_on: date | None = None
    is_voting: bool = True
    position: Position = ""
    rank: Annotated[int, msgspec.Meta(ge=0, le=9999)] = 0


class SeatEdit(msgspec.Struct, kw_only=True):
    """What changes in a seat; what is left out stays."""

    starts_on: date | UnsetType = UNSET
    ends_on: date | UnsetType | None = UNSET
    is_voting: bool | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    rank: Annotated[int, msgspec.Meta(ge=0, le=9999)] | UnsetType = UNSET


class Seat(NewSeat, kw_only=True):
    """A member's place in an assembly."""

    id: UUID


class Member(msgspec.Struct, kw_only=True):
    """A colleague, as every member of the authority sees them."""

    id: UUID
    civility: str
    first_name: str
    last_name: str
    position: str


class MemberLine(Member, kw_only=True):
    """A member as the administrator sees them; `last_seen_at` on any of their devices."""

    email: str
    roles: list[Role]
    group_id: UUID | None
    seats: list[Seat]
    is_active: bool
    deactivated_at: datetime | None
    created_at: datetime
    last_seen_at: datetime | None
    devices: list[str]


class NewMember(msgspec.Struct, kw_only=True):
    """A person to let into the authority."""

    civility: Civility = ""
    first_name: Name
    last_name: Name
    email: Email
    position: Position = ""
    roles: Annotated[list[Role], msgspec.Meta(min_length=1, max_length=5)]
    group_id: UUID | None = None
    seats: Annotated[list[NewSeat], msgspec.Meta(max_length=50)] = []


class MemberAdded(msgspec.Struct, kw_only=True):
    """The new member, and the one-time password to hand over: shown once, stored nowhere.

    It is absent when the person already signs in to this server for another authority.
    """

    member: MemberLine
    one_time_password: str | None


class MemberEdit(msgspec.Struct, kw_only=True):
    """What changes in a member; what is left out stays."""

    civility: Civility | UnsetType = UNSET
    first_name: Name | UnsetType = UNSET
    last_name: Name | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    roles: Annotated[list[Role], msgspec.Meta(min_length=1, max_length=5)] | UnsetType = UNSET
    group_id: UUID | UnsetType | None = UNSET


class OneTimePassword(msgspec.Struct, kw_only=True):
    """Shown once, to be changed at the next sign-in."""

    one_time_password: str
