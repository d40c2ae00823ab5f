"""One line for each deed of an authority."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Table


class AuditEvent(Table):
    """What was done (`document.uploaded`), by whom, to what; `seq` is the deed's number."""

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "authority_id", "seq"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    member_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None]
    event: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]]
