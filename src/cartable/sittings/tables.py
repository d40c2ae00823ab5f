"""Sittings, agenda items, recipients."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Synced, Table


class Sitting(Synced, Table):
    """One sitting. `day` is its date in the authority's zone: seats are held by days."""

    __tablename__ = "sitting"
    __table_args__ = (Index(None, "authority_id", "seq"), Index(None, "assembly_id"))

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"))
    starts_at: Mapped[datetime]
    day: Mapped[date]
    place: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    convened_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]


class AgendaItem(Synced, Table):
    """One line of an agenda; `position` from 1 without holes, `number` from 1 without headings."""

    __tablename__ = "agenda_item"
    __table_args__ = (Index(None, "authority_id", "seq"), Index(None, "sitting_id"))

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id"))
    position: Mapped[int]
    number: Mapped[int | None]
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    rapporteur_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    in_camera: Mapped[bool]


class Recipient(Table):
    """A member called to a sitting: written for guests, and for every seat when it is called."""

    __tablename__ = "recipient"
    __table_args__ = (Index(None, "member_id"),)

    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    is_guest: Mapped[bool]
