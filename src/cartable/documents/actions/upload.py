"""Adding pieces and new versions of them. The bytes are in storage before the row is written."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cartable import jobs
from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.database import uuid7
from cartable.documents.access import editable_document
from cartable.documents.actions.room import check_room_for_file
from cartable.documents.rules import (
    DOCUMENT_LIMIT,
    DocumentWithdrawn,
    DossierFull,
    DuplicateDocument,
    ReasonMissing,
)
from cartable.documents.shapes import DocumentKind
from cartable.documents.spool import Spooled
from cartable.documents.tables import Document, DocumentVersion
from cartable.errors import NotFound
from cartable.members.actions.enter import enter
from cartable.sittings.access import editable_item, editable_sitting

INGEST = "documents.ingest_version"


@dataclass(frozen=True)
class Deposit:
    """What a clerk says of a file: `id` is made by the page, so that a retry adds nothing twice."""

    id: UUID
    sitting_id: UUID
    agenda_item_id: UUID | None
    kind: DocumentKind
    title: str
    file_name: str
    allow_duplicate: bool = False


async def upload_document(
    db: AsyncSession, actor: Actor, deposit: Deposit, file: Spooled, now: datetime
) -> Document:
    """Add a piece to a sitting; its file is read in the background.

    Raises:
        NotFound, DuplicateDocument, DossierFull, QuotaExceeded
    """
    seq = await enter(db, actor, "clerk")
    if (again := await _same_deposit(db, actor, deposit, file)) is not None:
        return again
    sitting = await editable_sitting(db, actor, deposit.sitting_id)
    if deposit.agenda_item_id is not None:
        item = await editable_item(db, actor, deposit.agenda_item_id)
        if item.sitting_id != sitting.id:
            raise NotFound
    pieces = await _pieces(db, sitting.id)
    if len(pieces) >= DOCUMENT_LIMIT:
        raise DossierFull(limit=DOCUMENT_LIMIT)
    await check_room_for_file(db, actor.authority_id, file.size)
    if not deposit.allow_duplicate:
        await _refuse_duplicate(db, [piece.id for piece in pieces], file.sha256)
    beside = [p.position for p in pieces if p.agenda_item_id == deposit.agenda_item_id]
    document = Document(
        id=deposit.id,
        authority_id=actor.authority_id,
        seq=seq,
        sitting_id=sitting.id,
        agenda_item_id=deposit.agenda_item_id,
        position=max(beside, default=0) + 1,
        kind=deposit.kind,
        title=deposit.title,
        withdrawn_reason="",
    )
    await _put(db, document)
    version = await _add_version(db, actor, seq, document, 1, file, deposit.file_name, "", now)
    record(
        db,
        actor,
        seq,
        "document.uploaded",
        document.id,
        sha256=version.sha256,
        title=document.title,
    )
    return document


async def _put(db: AsyncSession, document: Document) -> None:
    """Write a new piece under the id that the page made for it.

    Raises:
        NotFound: the id is that of a piece elsewhere, which nobody here may know of.
    """
    try:
        async with db.begin_nested():
            db.add(document)
    except IntegrityError:
        raise NotFound from None


async def replace_document(
    db: AsyncSession,
    actor: Actor,
    document_id: UUID,
    file: Spooled,
    file_name: str,
    reason: str,
    now: datetime,
) -> Document:
    """Give a piece a new version: the one in force stays until the new one has been read.

    Raises:
        NotFound, DocumentWithdrawn, ReasonMissing, DuplicateDocument, QuotaExceeded
    """
    seq = await enter(db, actor, "clerk")
    document = await editable_document(db, actor, document_id)
    if document.withdrawn_at is not None:
        raise DocumentWithdrawn
    sitting = await editable_sitting(db, actor, document.sitting_id)
    if not reason and document.version_id is not None and sitting.state != "draft":
        raise ReasonMissing
    latest = await db.scalar(
        select(DocumentVersion)
        .where(DocumentVersion.document_id == document.id)
        .order_by(DocumentVersion.number.desc())
        .limit(1)
    )
    if latest is not None and latest.sha256 == file.sha256 and latest.state != "refused":
        raise DuplicateDocument(document_id=str(document.id), title=document.title)
    await check_room_for_file(db, actor.authority_id, file.size)
    number = latest.number + 1 if latest else 1
    document.seq = seq
    version = await _add_version(db, actor, seq, document, number, file, file_name, reason, now)
    record(
        db,
        actor,
        seq,
        "document.replaced",
        document.id,
        sha256=version.sha256,
        reason=reason,
        title=document.title,
    )
    return document


async def _add_version(
    db: AsyncSession,
    actor: Actor,
    seq: int,
    document: Document,
    number: int,
    file: Spooled,
    file_name: str,
    reason: str,
    now: datetime,
) -> DocumentVersion:
    version = DocumentVersion(
        id=uuid7(),
        authority_id=actor.authority_id,
        seq=seq,
        document_id=document.id,
        number=number,
        state="checking",
        file_name=file_name,
        sha256=file.sha256,
        size=file.size,
        slices=file.slices,
        pages=0,
        flags=[],
        reason=reason,
        author_id=actor.member_id,
        created_at=now,
    )
    db.add(version)
    await db.flush()
    body = {"authority_id": str(actor.authority_id), "version_id": str(version.id)}
    await jobs.enqueue(db, INGEST, body, due_at=now, dedupe=f"{INGEST}:{version.id}")
    return version


async def _same_deposit(
    db: AsyncSession, actor: Actor, deposit: Deposit, file: Spooled
) -> Document | None:
    """The piece that an earlier try of this deposit made, when its answer was lost."""
    document = await db.get(Document, deposit.id)
    if document is None:
        return None
    first = await db.scalar(
        select(DocumentVersion.sha256).where(
            DocumentVersion.document_id == document.id, DocumentVersion.number == 1
        )
    )
    is_same = (
        document.authority_id == actor.authority_id
        and document.deleted_at is None
        and document.sitting_id == deposit.sitting_id
        and first == file.sha256
    )
    if not is_same:
        raise NotFound
    return document


async def _pieces(db: AsyncSession, sitting_id: UUID) -> list[Document]:
    rows = await db.scalars(
        select(Document).where(Document.sitting_id == sitting_id, Document.deleted_at.is_(None))
    )
    return list(rows)


async def _refuse_duplicate(db: AsyncSession, pieces: list[UUID], sha256: str) -> None:
    twin = (
        await db.execute(
            select(Document.id, Document.title, func.max(DocumentVersion.number))
            .join(DocumentVersion, DocumentVersion.document_id == Document.id)
            .where(
                Document.id.in_(pieces),
                Document.withdrawn_at.is_(None),
                DocumentVersion.sha256 == sha256,
                DocumentVersion.state != "refused",
            )
            .group_by(Document.id, Document.title)
            .limit(1)
        )
    ).first()
    if twin is not None:
        raise DuplicateDocument(document_id=str(twin.id), title=twin.title)
