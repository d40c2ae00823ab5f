"""Authorities and the number line of each (sync.md, section 1)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Synced, Table


class Authority(Synced, Table):
    """A tenant."""

    __tablename__ = "authority"

    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(Text)
    siren: Mapped[str | None] = mapped_column(Text)
    logo: Mapped[str | None] = mapped_column(Text)
    """SHA-256 of its picture (`AuthorityLogo`)."""
    created_at: Mapped[datetime]
    lease_days: Mapped[int] = mapped_column(default=30)
    """Days a tablet opens its papers without having spoken with the server."""
    lease_days_in_camera: Mapped[int] = mapped_column(default=7)
    suspended_at: Mapped[datetime | None]
    """Since when the host answers no route of it."""
    suspension_reason: Mapped[str] = mapped_column(Text, default="")
    megabytes_allowed: Mapped[int | None]
    """Quotas set by the host; empty: none."""
    members_allowed: Mapped[int | None]


class AuthoritySettings(Table):
    """What an administrator decides for an authority; one row each, made with it.

    A number of days left empty is what the law says for the kind and the population.
    """

    __tablename__ = "authority_settings"

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    population: Mapped[int | None]
    department: Mapped[str] = mapped_column(Text, default="")
    siret: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text, default="")
    notice_days: Mapped[int | None]
    urgent_notice_days: Mapped[int | None]
    committee_notice_days: Mapped[int | None]
    budget_notice_days: Mapped[int | None]
    recusal_leaves_quorum: Mapped[bool] = mapped_column(default=True)
    chair_leaves_account: Mapped[bool] = mapped_column(default=True)
    eldest_wins_tie: Mapped[bool] = mapped_column(default=True)
    directory_shows_emails: Mapped[bool] = mapped_column(default=True)
    directory_shows_phones: Mapped[bool] = mapped_column(default=True)
    notes_kept_days: Mapped[int] = mapped_column(default=90)
    """Days that private notes outlive a mandate."""


class AuthorityLogo(Table):
    """The picture of an authority, as we drew it again (WebP)."""

    __tablename__ = "authority_logo"

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes]


class AuthorityHead(Table):
    """Last number given, last change of access for all, lowest number a cursor may start from."""

    __tablename__ = "authority_head"

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    epoch: Mapped[UUID]
    seq: Mapped[int] = mapped_column(BigInteger)
    access_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    floor: Mapped[int] = mapped_column(BigInteger, default=0)
