"""Members, assemblies, seats, political groups."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Synced, Table
from cartable.sealing import Sealed, SealedBytes


class Assembly(Synced, Table):
    """A council, bureau or committee of an authority."""

    __tablename__ = "assembly"
    __table_args__ = (UniqueConstraint("authority_id", "name"), Index(None, "authority_id", "seq"))

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)


class Group(Table):
    """A political group."""

    __tablename__ = "political_group"
    __table_args__ = (UniqueConstraint("authority_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    name: Mapped[str] = mapped_column(Text)


class Member(Synced, Table):
    """An account inside one authority. `access_seq`: last deed that changed what it may read.

    `accepted_at`: when the person accepted the invitation; until then they read nothing here.
    `invited_at`: when the last one was sent; null once it was cancelled.
    """

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("authority_id", "account_id"),
        Index(None, "account_id"),
        Index(None, "authority_id", "seq"),
    )

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    access_seq: Mapped[int] = mapped_column(BigInteger)
    roles: Mapped[list[str]]
    position: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text, default="")
    """E.164 (`+33612345678`), empty when unknown."""
    shows_email: Mapped[bool] = mapped_column(default=True)
    shows_phone: Mapped[bool] = mapped_column(default=True)
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("political_group.id"))
    created_at: Mapped[datetime]
    invited_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    deactivated_at: Mapped[datetime | None]


class DeviceCopy(Table):
    """What one device holds of one authority; no row until something is to be said of it.

    `revoked_at`: this authority was taken from the device, which may keep others. `seen_at`: its
    last word since it lost the authority, by whichever way. `wiped_at`: it said that it had erased
    everything. `share`: the server's part of the keys of pieces in camera.
    """

    __tablename__ = "device_copy"
    __table_args__ = (Index(None, "authority_id"),)

    device_id: Mapped[UUID] = mapped_column(
        ForeignKey("device.id", ondelete="CASCADE"), primary_key=True
    )
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    revoked_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    wiped_at: Mapped[datetime | None]
    share: Mapped[SealedBytes | None] = mapped_column(
        Sealed("device_copy.share:{device_id}:{authority_id}")
    )


class Seat(Table):
    """A member's place in an assembly, both days included; `rank` is the ordre du tableau."""

    __tablename__ = "seat"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index(None, "assembly_id", "member_id"),
        Index(None, "member_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    is_voting: Mapped[bool]
    position: Mapped[str] = mapped_column(Text)
    rank: Mapped[int]


class Substitute(Table):
    """The legal alternate of a seat, in the order of `rank`; not a proxy."""

    __tablename__ = "substitute"
    __table_args__ = (Index(None, "member_id"),)

    seat_id: Mapped[UUID] = mapped_column(
        ForeignKey("seat.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    rank: Mapped[int]


class GroupLeader(Table):
    """A member who leads their group: several may."""

    __tablename__ = "group_leader"
    __table_args__ = (Index(None, "member_id"),)

    group_id: Mapped[UUID] = mapped_column(
        ForeignKey("political_group.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))


class MandateEnd(Table):
    """Seats of an assembly that were ended together, and what it takes to undo that once.

    `seats`: id of each seat and its last day before (or null); `deactivated`: ids of the members
    whose membership ended with it.
    """

    __tablename__ = "mandate_end"
    __table_args__ = (Index(None, "authority_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"))
    last_day: Mapped[date]
    at: Mapped[datetime]
    seats: Mapped[dict[str, Any]]
    deactivated: Mapped[list[str]]
    undone_at: Mapped[datetime | None]


class Contact(Synced, Table):
    """A service of the authority in the directory: who to call."""

    __tablename__ = "contact"
    __table_args__ = (Index(None, "authority_id", "seq"),)

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
