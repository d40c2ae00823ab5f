"""E-mail that waits or has left, and what each authority says of itself as a sender."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Table
from cartable.sealing import Sealed, SealedBytes


class Mail(Table):
    """One message to one address. `sealed` is what it says, gone once its fate is known.

    It is the host's, sent by its worker: `for_authority` is who has it sent, null for the platform.
    `state`: waiting, accepted (by the mail server), refused (by it: `said` is its answer),
    unreached (no server took it in a day), written (to a file: no server is set), too_late.
    """

    __tablename__ = "mail"
    __table_args__ = (Index(None, "for_authority", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    for_authority: Mapped[UUID | None] = mapped_column(ForeignKey("authority.id"))
    recipient: Mapped[str] = mapped_column(Text)
    sealed: Mapped[SealedBytes | None] = mapped_column(Sealed("mail.sealed:{id}"))
    dedupe: Mapped[str | None] = mapped_column(Text, unique=True)
    state: Mapped[str] = mapped_column(Text)
    said: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    until: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class MailSender(Table):
    """How the messages of an authority are signed. `address`: its own, once its domain lets the
    platform's server send for it; null: the platform's."""

    __tablename__ = "mail_sender"

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    reply_to: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
