"""Requests of erasure, private notes that end with a mandate, legal notices."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Table


class Erasure(Table):
    """A request to erase an account, and what became of it: the register of requests.

    It is an account's, whatever its authorities: `for_authority` and `for_member` say who had it
    asked on behalf of the person, when it was an administrator. `secret_hash`: of what the e-mail
    carries, which cancels it; null once it is settled. Neither date: it waits.
    """

    __tablename__ = "erasure"
    __table_args__ = (Index(None, "account_id"), Index(None, "for_authority"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    for_authority: Mapped[UUID | None] = mapped_column(ForeignKey("authority.id"))
    for_member: Mapped[UUID | None]
    secret_hash: Mapped[str | None] = mapped_column(Text, unique=True)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class NotesEnd(Table):
    """A member whose mandate is over: their private notes will be purged, or were.

    `warnings`: how many of the three were sent, the last one at `warned_at`.
    """

    __tablename__ = "notes_end"
    __table_args__ = (Index(None, "authority_id"),)

    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    ended_on: Mapped[date]
    warnings: Mapped[int]
    warned_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]


class LegalNotice(Table):
    """What an authority publishes of itself, for anybody to read before signing in.

    `accessibility`: `none`, `partial` or `full` (RGAA), or `not_audited`.
    """

    __tablename__ = "legal_notice"

    for_authority: Mapped[UUID] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    publisher: Mapped[str] = mapped_column(Text)
    director: Mapped[str] = mapped_column(Text)
    host: Mapped[str] = mapped_column(Text)
    dpo: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(Text)
    accessibility: Mapped[str] = mapped_column(Text)
    accessibility_contact: Mapped[str] = mapped_column(Text)
    accessibility_gaps: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]
