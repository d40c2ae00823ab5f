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
    created_at: Mapped[datetime]


class AuthorityHead(Table):
    """Last number given, last change of access for all, lowest number a cursor may start from."""

    __tablename__ = "authority_head"

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    epoch: Mapped[UUID]
    seq: Mapped[int] = mapped_column(BigInteger)
    access_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    floor: Mapped[int] = mapped_column(BigInteger, default=0)
