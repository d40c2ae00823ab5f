"""Lines of the journal's chains, their payloads kept apart, and the keys of these.

Each authority has its chain (`audit_event`), numbered under its head's lock; deeds on accounts and
devices are in the host's (`host_event`), under a lock of its own. chain.py says how a line is made.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Table
from cartable.sealing import Sealed, SealedBytes


class Line:
    """Columns of a line: `position` counts from 1 without a gap in its chain.

    `digest`: salted hash of the payload, empty when there is none. `previous`: hash of the line
    before. All three hashes are in hexadecimal.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    device_id: Mapped[UUID | None]
    event: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID | None]
    digest: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text)


class AuditEvent(Line, Table):
    """What was done (`document.uploaded`), by whom, to what; `seq` is the deed's number."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("authority_id", "position"),
        Index(None, "authority_id", "seq"),
    )

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    seq: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[UUID | None]


class AuditPayload(Table):
    """Names and values of a line, sealed. `account_id`: whom they are about, when it is one person.

    Without its row, or without its key, the line stands all the same: it only says less.
    """

    __tablename__ = "audit_payload"

    event_id: Mapped[UUID] = mapped_column(
        ForeignKey("audit_event.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"), index=True)
    account_id: Mapped[UUID | None] = mapped_column(index=True)
    sealed: Mapped[SealedBytes] = mapped_column(Sealed)


class HostEvent(Line, Table):
    """A deed on an account or a device. `account_id`: whose; empty when nobody's was found."""

    __tablename__ = "host_event"
    __table_args__ = (UniqueConstraint("position"), Index(None, "account_id", "position"))

    account_id: Mapped[UUID | None]


class HostPayload(Table):
    """Names and values of a line of the host's chain, sealed."""

    __tablename__ = "host_payload"

    event_id: Mapped[UUID] = mapped_column(
        ForeignKey("host_event.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    account_id: Mapped[UUID | None] = mapped_column(index=True)
    sealed: Mapped[SealedBytes] = mapped_column(Sealed)


class AuditKey(Table):
    """The key that payloads of an authority, or about an account, are sealed with.

    It is wrapped by the master key. Destroying an account's makes what backups hold unreadable.
    """

    __tablename__ = "audit_key"

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    wrapped: Mapped[SealedBytes] = mapped_column(Sealed("audit_key.wrapped:{owner_id}"))
