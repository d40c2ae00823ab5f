"""Reading states: which piece is clear, everything else is sealed."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Synced, Table
from cartable.sealing import Sealed, SealedBytes


class ReadingState(Synced, Table):
    """The one reading of a member and a piece.

    `body` is the sealed wire shape; empty once it was purged for good.
    """

    __tablename__ = "reading_state"
    __table_args__ = (Index(None, "authority_id", "member_id", "seq"), Index(None, "document_id"))

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"))
    body: Mapped[SealedBytes | None] = mapped_column(Sealed)
