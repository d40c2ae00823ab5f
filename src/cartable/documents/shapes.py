"""Pieces and their versions on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

DocumentKind = Literal[
    "convocation",
    "agenda",
    "summary_note",
    "report",
    "draft_deliberation",
    "annex",
    "minutes",
    "other",
]
VersionState = Literal["checking", "ready", "refused"]
DocumentState = Literal["checking", "ready", "refused", "withdrawn"]
DocumentTitle = Annotated[str, msgspec.Meta(min_length=1, max_length=300, pattern=r"\S")]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]

SLICE = 2 * 1024 * 1024
"""Bytes of one slice of a file: the unit a tablet downloads and verifies (sync.md, section 6)."""


class FileRef(msgspec.Struct, kw_only=True):
    """Bytes to fetch at `/files/{sha256}`; `size` in bytes."""

    sha256: str
    size: int


class DocumentVersion(msgspec.Struct, kw_only=True):
    """One immutable content of a piece.

    `slices` are the SHA-256 of each 2 MiB of the file, in order. `text` is a gzip JSON list of one
    string per page; `preview` a WebP of the first page. `flags` and `refusal` are codes of the
    reading of the file.
    """

    id: UUID
    document_id: UUID
    number: int
    state: VersionState
    file_name: str
    sha256: str
    size: int
    slices: list[str]
    pages: int
    flags: list[str]
    refusal: str | None
    reason: str
    text: FileRef | None
    preview: FileRef | None
    created_at: datetime


class Document(msgspec.Struct, kw_only=True):
    """A piece of a sitting, in order inside its agenda item (or of the whole sitting).

    `version_id` is the content in force; absent until one is ready.
    """

    id: UUID
    sitting_id: UUID
    agenda_item_id: UUID | None
    position: int
    kind: DocumentKind
    title: str
    version_id: UUID | None
    withdrawn_at: datetime | None
    withdrawn_reason: str


class DeskDocument(msgspec.Struct, kw_only=True):
    """A piece as the clerk sees it: the content in force, and one being checked or refused."""

    document: Document
    state: DocumentState
    current: DocumentVersion | None
    pending: DocumentVersion | None


class DocumentEdit(msgspec.Struct, kw_only=True):
    """What changes in a piece; what is left out stays. `position` counts from 1 in its item."""

    title: DocumentTitle | UnsetType = UNSET
    kind: DocumentKind | UnsetType = UNSET
    agenda_item_id: UUID | UnsetType | None = UNSET
    position: Annotated[int, msgspec.Meta(ge=1, le=9999)] | UnsetType = UNSET


class Withdrawal(msgspec.Struct, kw_only=True):
    """Why a piece is taken out of the dossier."""

    reason: Reason
