"""Members, assemblies, seats, political groups."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Synced, Table


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
    """An account inside one authority. `access_seq`: last deed that changed what it may read."""

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
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("political_group.id"))
    created_at: Mapped[datetime]
    deactivated_at: Mapped[datetime | None]


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
