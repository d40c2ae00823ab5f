"""Answers to the call: acts, added and never changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Synced, Table


class AttendanceAnswer(Synced, Table):
    """One answer of one member; the last received is in force. `claimed_at`: the tablet's clock."""

    __tablename__ = "attendance_answer"
    __table_args__ = (Index(None, "authority_id", "member_id", "seq"), Index(None, "sitting_id"))

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id"))
    answer: Mapped[str] = mapped_column(Text)
    claimed_at: Mapped[datetime]
    received_at: Mapped[datetime]
    is_late: Mapped[bool]
