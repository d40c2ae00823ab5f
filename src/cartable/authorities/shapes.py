"""Authorities on the wire."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

# Names stand in letters, where a line of one's own could be taken for ours.
OneLine = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=120,
        pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$",
    ),
]
AuthorityKind = Literal["commune", "epci", "departement", "region", "syndicat", "ccas"]


class Authority(msgspec.Struct, kw_only=True):
    """One local authority. `time_zone` is an IANA name: every legal time is told in it.

    `lease_days`: how long a tablet opens its papers without a word with the server, and those of
    items in camera. `logo`: SHA-256 of its picture, null without one.
    """

    id: UUID
    name: str
    kind: AuthorityKind
    time_zone: str
    siren: str | None
    logo: str | None = None
    lease_days: int = 30
    lease_days_in_camera: int = 7


Days = Annotated[int, msgspec.Meta(ge=0, le=60)]
Lease = Annotated[int, msgspec.Meta(ge=1, le=365)]
NotesKept = Annotated[int, msgspec.Meta(ge=30, le=365)]
"""Days; under 30 the warnings would have no time to arrive."""


class LawRule(msgspec.Struct, kw_only=True):
    """What the law says where a setting may say otherwise; `is_to_verify`: recalled, not read."""

    setting: str
    article: str
    is_to_verify: bool
    days: int | None


class AuthoritySettings(msgspec.Struct, kw_only=True):
    """Everything an administrator decides for an authority.

    A number of days that is null is what the law says (`law`).
    """

    name: str
    kind: AuthorityKind
    time_zone: str
    can_change_time_zone: bool
    siren: str | None
    siret: str | None
    population: int | None
    department: str
    is_alsace_moselle: bool
    address: str
    logo: str | None
    notice_days: int | None
    urgent_notice_days: int | None
    committee_notice_days: int | None
    budget_notice_days: int | None
    recusal_leaves_quorum: bool
    chair_leaves_account: bool
    eldest_wins_tie: bool
    directory_shows_emails: bool
    directory_shows_phones: bool
    lease_days: int
    lease_days_in_camera: int
    notes_kept_days: int
    law: list[LawRule]


class SettingsEdit(msgspec.Struct, kw_only=True):
    """What changes in the settings; what is left out stays."""

    name: OneLine | UnsetType = UNSET
    kind: AuthorityKind | UnsetType = UNSET
    time_zone: Annotated[str, msgspec.Meta(max_length=60)] | UnsetType = UNSET
    siren: Annotated[str, msgspec.Meta(max_length=20)] | UnsetType | None = UNSET
    siret: Annotated[str, msgspec.Meta(max_length=30)] | UnsetType | None = UNSET
    population: Annotated[int, msgspec.Meta(ge=0, le=20_000_000)] | UnsetType | None = UNSET
    department: Annotated[str, msgspec.Meta(max_length=3)] | UnsetType = UNSET
    address: Annotated[str, msgspec.Meta(max_length=400)] | UnsetType = UNSET
    notice_days: Days | UnsetType | None = UNSET
    urgent_notice_days: Days | UnsetType | None = UNSET
    committee_notice_days: Days | UnsetType | None = UNSET
    budget_notice_days: Days | UnsetType | None = UNSET
    recusal_leaves_quorum: bool | UnsetType = UNSET
    chair_leaves_account: bool | UnsetType = UNSET
    eldest_wins_tie: bool | UnsetType = UNSET
    directory_shows_emails: bool | UnsetType = UNSET
    directory_shows_phones: bool | UnsetType = UNSET
    lease_days: Lease | UnsetType = UNSET
    lease_days_in_camera: Lease | UnsetType = UNSET
    notes_kept_days: NotesKept | UnsetType = UNSET
