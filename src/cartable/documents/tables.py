"""Pieces and their versions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Synced, Table


class Document(Synced, Table):
    """A piece of a sitting. `version_id`: the content in force, once one is ready."""

    __tablename__ = "document"
    __table_args__ = (Index(None, "authority_id", "seq"), Index(None, "sitting_id"))

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id"))
    agenda_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("agenda_item.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    version_id: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")


class DocumentVersion(Synced, Table):
    """One immutable content. `slices`: SHA-256 of each 2 MiB; sizes in bytes.

    A tombstone here only takes the version off the tablets (its piece was withdrawn); the row and
    the bytes stay, they are public archives.
    """

    __tablename__ = "document_version"
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        Index(None, "authority_id", "seq"),
        # A file is asked for by the name of any of its three parts.
        Index(None, "authority_id", "sha256"),
        Index(None, "authority_id", "text_sha256"),
        Index(None, "authority_id", "preview_sha256"),
    )

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    slices: Mapped[list[str]]
    pages: Mapped[int] = mapped_column(default=0)
    flags: Mapped[list[str]]
    refusal: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    text_sha256: Mapped[str | None] = mapped_column(Text)
    text_size: Mapped[int | None]
    preview_sha256: Mapped[str | None] = mapped_column(Text)
    preview_size: Mapped[int | None]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[datetime]
