"""Vote intentions: which item is clear, everything else is sealed."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Synced, Table
from cartable.sealing import Sealed, SealedBytes


class VoteIntention(Synced, Table):
    """The one register of a member and an item.

    `body` is the sealed wire shape; empty once it was purged for good.
    """

    __tablename__ = "vote_intention"
    __table_args__ = (
        Index(None, "authority_id", "member_id", "seq"),
        Index(None, "agenda_item_id"),
    )

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    agenda_item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id"))
    body: Mapped[SealedBytes | None] = mapped_column(Sealed)
