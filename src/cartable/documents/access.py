"""Who may read a piece: whoever may read its sitting and its agenda item, once it is ready."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations

from cartable.actor import Actor
from cartable.documents.tables import Document, DocumentVersion
from cartable.errors import NotFound
from cartable.sittings.access import may_read_item, may_read_sitting
from cartable.sittings.tables import AgendaItem, Sitting

Row = TypeVar("Row")


def may_read_document(actor: Actor) -> ColumnElement[bool]:
    """The rule of one `Document` row, joined to its sitting and (outer) to its agenda item."""
    placed = or_(Document.agenda_item_id.is_(None), may_read_item(actor))
    rule = and_(may_read_sitting(actor), Sitting.deleted_at.is_(None), placed)
    return rule if actor.is_clerk else and_(rule, Document.version_id.is_not(None))


def readable_documents(actor: Actor) -> Select[Document]:
    """Every piece the actor may read, tombstones included."""
    pieces = select(Document).where(Document.authority_id == actor.authority_id)
    return _placed(pieces).where(may_read_document(actor))


def on_readable_documents(
    rows: Select[Row], document_id: SQLCoreOperations[UUID], actor: Actor
) -> Select[Row]:
    """Those of `rows` that stand on a piece the actor may read; `document_id` is their column."""
    return _placed(rows.join(Document, Document.id == document_id)).where(may_read_document(actor))


def _placed(rows: Select[Row]) -> Select[Row]:
    """Pieces with their sitting and, where they have one, their agenda item."""
    return rows.join(Sitting, Sitting.id == Document.sitting_id).outerjoin(
        AgendaItem, AgendaItem.id == Document.agenda_item_id
    )


def readable_versions(actor: Actor) -> Select[DocumentVersion]:
    """Every version the actor may read, tombstones included."""
    ours = select(DocumentVersion).where(DocumentVersion.authority_id == actor.authority_id)
    versions = on_readable_documents(ours, DocumentVersion.document_id, actor)
    return versions if actor.is_clerk else versions.where(DocumentVersion.state == "ready")


async def readable_file(
    db: AsyncSession, actor: Actor, sha256: str
) -> tuple[DocumentVersion, str, str]:
    """A version that holds these bytes, the title of its piece, and what they are: `original`,
    `text` or `preview`.

    Raises:
        NotFound: no such bytes, or none that the actor may read now.
    """
    v = DocumentVersion
    found = (
        await db.execute(
            readable_versions(actor)
            .add_columns(Document.title)
            .where(
                v.state == "ready",
                v.deleted_at.is_(None),
                or_(v.sha256 == sha256, v.text_sha256 == sha256, v.preview_sha256 == sha256),
            )
            .order_by(v.id)
            .limit(1)
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    version, title = found
    if version.sha256 == sha256:
        return version, title, "original"
    return version, title, "text" if version.text_sha256 == sha256 else "preview"


async def editable_document(db: AsyncSession, actor: Actor, document_id: UUID) -> Document:
    """A piece of the clerk's authority.

    Raises:
        NotFound
    """
    document = await db.scalar(
        readable_documents(actor).where(Document.id == document_id, Document.deleted_at.is_(None))
    )
    if document is None:
        raise NotFound
    return document
