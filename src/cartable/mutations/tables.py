"""The log of what tablets wrote: history of every private row, dedupe and acknowledgement."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Synced, Table
from cartable.sealing import Sealed, SealedBytes

_PARKED = text("outcome = 'parked'")


class Mutation(Synced, Table):
    """One mutation as it arrived; `id` is its mid, made by the tablet and known to its author only.

    `seq` and `ordinal` tell when it was applied; `seq` changes once more when a parked one is
    discarded. `entity` is what it named, `landed` where it went. Either `base_mid` is there or
    `base_seq` counts. `result` is there when what was kept is not what was sent. Both sealed
    columns are emptied 30 days after their author deleted what they tell.
    """

    __tablename__ = "mutation"
    __table_args__ = (
        Index(None, "member_id", "entity"),
        Index(None, "member_id", "landed"),
        # Only what is parked travels back.
        Index(
            None, "authority_id", "member_id", "seq",
            sqlite_where=_PARKED, postgresql_where=_PARKED,
        ),
    )  # fmt: skip

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    device_id: Mapped[UUID]
    ordinal: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    entity: Mapped[UUID]
    landed: Mapped[UUID]
    base_seq: Mapped[int] = mapped_column(BigInteger)
    base_mid: Mapped[UUID | None]
    outcome: Mapped[str] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime]
    body: Mapped[SealedBytes | None] = mapped_column(Sealed)
    result: Mapped[SealedBytes | None] = mapped_column(Sealed)
