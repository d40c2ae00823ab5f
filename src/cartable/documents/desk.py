"""Pieces as the clerk sees them, and as they travel."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.documents.access import readable_documents
from cartable.documents.shapes import DeskDocument, DocumentState, FileRef
from cartable.documents.shapes import Document as DocumentShape
from cartable.documents.shapes import DocumentVersion as VersionShape
from cartable.documents.tables import Document, DocumentVersion


def document_shape(document: Document) -> DocumentShape:
    """A piece as it travels."""
    return DocumentShape(
        id=document.id,
        sitting_id=document.sitting_id,
        agenda_item_id=document.agenda_item_id,
        position=document.position,
        kind=document.kind,  # type: ignore[arg-type]
        title=document.title,
        version_id=document.version_id,
        withdrawn_at=document.withdrawn_at,
        withdrawn_reason=document.withdrawn_reason,
    )


def version_shape(version: DocumentVersion) -> VersionShape:
    """A version as it travels."""
    return VersionShape(
        id=version.id,
        document_id=version.document_id,
        number=version.number,
        state=version.state,  # type: ignore[arg-type]
        file_name=version.file_name,
        sha256=version.sha256,
        size=version.size,
        slices=version.slices,
        pages=version.pages,
        flags=version.flags,
        refusal=version.refusal,
        reason=version.reason,
        text=_file(version.text_sha256, version.text_size),
        preview=_file(version.preview_sha256, version.preview_size),
        created_at=version.created_at,
    )


def _file(sha256: str | None, size: int | None) -> FileRef | None:
    return None if sha256 is None or size is None else FileRef(sha256=sha256, size=size)


async def desk_documents(
    db: AsyncSession,
    actor: Actor,
    *,
    sitting_id: UUID | None = None,
    document_id: UUID | None = None,
) -> list[DeskDocument]:
    """The pieces of a sitting, or one piece, in the order of the dossier."""
    asked = readable_documents(actor).where(Document.deleted_at.is_(None))
    if sitting_id is not None:
        asked = asked.where(Document.sitting_id == sitting_id)
    if document_id is not None:
        asked = asked.where(Document.id == document_id)
    documents = list(await db.scalars(asked.order_by(Document.position, Document.id)))
    versions: dict[UUID, list[DocumentVersion]] = defaultdict(list)
    for version in await db.scalars(
        select(DocumentVersion)
        .where(DocumentVersion.document_id.in_([d.id for d in documents]))
        .order_by(DocumentVersion.number)
    ):
        versions[version.document_id].append(version)
    return [_desk_document(document, versions[document.id]) for document in documents]


def _desk_document(document: Document, versions: list[DocumentVersion]) -> DeskDocument:
    current = next((v for v in versions if v.id == document.version_id), None)
    latest = versions[-1]
    pending = latest if latest is not current and latest.state != "ready" else None
    state: DocumentState = "ready"
    if document.withdrawn_at is not None:
        state = "withdrawn"
    elif pending is not None:
        state = "refused" if pending.state == "refused" else "checking"
    return DeskDocument(
        document=document_shape(document),
        state=state,
        current=version_shape(current) if current else None,
        pending=version_shape(pending) if pending else None,
    )
