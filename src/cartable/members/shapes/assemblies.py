"""Assemblies, groups, seats, and mandates that end together, on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from cartable.members.shapes.words import AssemblyKind, Name, Position


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
    """A group with its number of active members, and who leads it."""

    members: int
    leaders: list[UUID]


class Leaders(msgspec.Struct, kw_only=True):
    """The members who lead a group."""

    members: Annotated[list[UUID], msgspec.Meta(max_length=20)]


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
    """A member's place in an assembly. `substitutes`: who replaces its holder, in order."""

    id: UUID
    substitutes: list[UUID]


class Substitutes(msgspec.Struct, kw_only=True):
    """Members who replace the holder of a seat, in order."""

    members: Annotated[list[UUID], msgspec.Meta(max_length=10)]


class MandateEndOrder(msgspec.Struct, kw_only=True):
    """Seats of an assembly to end on a day. `deactivates`: who is left without any role leaves.

    `seats`: those that were shown; other ones in office refuse the whole.
    """

    last_day: date
    deactivates: bool = False
    seats: Annotated[list[UUID], msgspec.Meta(max_length=1000)] = []


class MandateLoss(msgspec.Struct, kw_only=True):
    """What one person loses. `is_left_without_role`: nothing but this seat made them a member."""

    seat_id: UUID
    member_id: UUID
    first_name: str
    last_name: str
    position: str
    starts_on: date
    ends_on: date | None
    is_left_without_role: bool


class MandateEnded(msgspec.Struct, kw_only=True):
    """Seats ended together; it can be undone once."""

    id: UUID
    assembly_id: UUID
    last_day: date
    at: datetime
    seats: int
    deactivated: int
    can_undo: bool
