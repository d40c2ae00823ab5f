"""Annotations: where they stand is clear, what they say is sealed."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Synced, Table
from cartable.sealing import Sealed, SealedBytes


class Annotation(Synced, Table):
    """One mark of one member. Its id is the tablet's, and means nothing to another member.

    `body` is the sealed wire shape; empty once a deleted mark was erased for good.
    """

    __tablename__ = "annotation"
    __table_args__ = (Index(None, "authority_id", "member_id", "seq"), Index(None, "document_id"))

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"))
    body: Mapped[SealedBytes | None] = mapped_column(Sealed)
