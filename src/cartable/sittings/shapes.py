"""Sittings and their agenda on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

SittingState = Literal["draft", "convened"]
ItemKind = Literal["deliberation", "information", "question", "motion", "heading"]
Place = Annotated[str, msgspec.Meta(max_length=200)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=400, pattern=r"\S")]
# A wall clock time of the authority, to the minute: 2026-12-03T18:30
LocalTime = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$")]


class Sitting(msgspec.Struct, kw_only=True):
    """One sitting. `starts_at` is UTC, to be shown in `time_zone` (IANA name)."""

    id: UUID
    assembly_id: UUID
    starts_at: datetime
    time_zone: str
    place: str
    state: SittingState
    convened_at: datetime | None


class SittingLine(Sitting, kw_only=True):
    """A sitting in the clerk's list, with how far its preparation is."""

    assembly_name: str
    items: int
    recipients: int


class AgendaItem(msgspec.Struct, kw_only=True):
    """One line of the agenda. `position` orders from 1; a heading has no `number`."""

    id: UUID
    sitting_id: UUID
    position: int
    number: int | None
    title: str
    kind: ItemKind
    rapporteur_id: UUID | None
    in_camera: bool


class SittingDetail(msgspec.Struct, kw_only=True):
    """A sitting with its agenda in order and the members it calls."""

    sitting: Sitting
    assembly_name: str
    agenda: list[AgendaItem]
    recipients: list["Recipient"]


class Recipient(msgspec.Struct, kw_only=True):
    """A member called to a sitting: by a seat of its assembly, or as a guest without one."""

    member_id: UUID
    civility: str
    first_name: str
    last_name: str
    has_seat: bool
    is_voting: bool


class NewSitting(msgspec.Struct, kw_only=True):
    """A sitting to prepare. `starts_at` is a wall clock time of the authority."""

    assembly_id: UUID
    starts_at: LocalTime
    place: Place = ""


class SittingEdit(msgspec.Struct, kw_only=True):
    """What changes in a sitting in preparation; what is left out stays."""

    assembly_id: UUID | UnsetType = UNSET
    starts_at: LocalTime | UnsetType = UNSET
    place: Place | UnsetType = UNSET


class NewAgendaItem(msgspec.Struct, kw_only=True):
    """A line to add at the end of the agenda, or just after `after`."""

    title: Title
    kind: ItemKind = "deliberation"
    rapporteur_id: UUID | None = None
    in_camera: bool = False
    after: UUID | None = None


class AgendaItemEdit(msgspec.Struct, kw_only=True):
    """What changes in an item; what is left out stays. Once called, only `in_camera` may."""

    title: Title | UnsetType = UNSET
    kind: ItemKind | UnsetType = UNSET
    rapporteur_id: UUID | UnsetType | None = UNSET
    in_camera: bool | UnsetType = UNSET


class AgendaOrder(msgspec.Struct, kw_only=True):
    """Every item of the agenda, once each, in the order wanted."""

    items: Annotated[list[UUID], msgspec.Meta(max_length=500)]


class Guest(msgspec.Struct, kw_only=True):
    """A member to call without a seat."""

    member_id: UUID
