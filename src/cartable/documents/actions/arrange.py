"""Naming, moving and withdrawing pieces."""

from datetime import datetime
from uuid import UUID

from msgspec import UNSET
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.authorities.actions import access_changed
from cartable.documents.access import editable_document
from cartable.documents.actions.tell import tell_of_change
from cartable.documents.shapes import DocumentEdit
from cartable.documents.tables import Document, DocumentVersion
from cartable.errors import NotFound
from cartable.members.actions.enter import enter
from cartable.sittings.access import editable_item, editable_sitting
from cartable.sittings.actions import agenda
from cartable.sittings.rules import AgendaItemHasDocuments, SittingAlreadyConvened
from cartable.sittings.tables import AgendaItem


async def edit_document(
    db: AsyncSession, actor: Actor, document_id: UUID, edit: DocumentEdit
) -> Document:
    """Rename a piece, change its kind, or move it inside the dossier.

    Raises:
        NotFound
    """
    seq = await enter(db, actor, "clerk")
    document = await editable_document(db, actor, document_id)
    if edit.title is not UNSET:
        document.title = edit.title.strip()
    if edit.kind is not UNSET:
        document.kind = edit.kind
    if edit.agenda_item_id is not UNSET and edit.agenda_item_id != document.agenda_item_id:
        await _move(db, actor, seq, document, edit.agenda_item_id)
    if edit.position is not UNSET:
        await _place(db, seq, document, edit.position)
    document.seq = seq
    record(db, actor, seq, "document.edited", document.id, title=document.title)
    await db.flush()
    return document


async def _move(
    db: AsyncSession, actor: Actor, seq: int, document: Document, item_id: UUID | None
) -> None:
    before = await _in_camera(db, document.agenda_item_id)
    if item_id is not None:
        item = await editable_item(db, actor, item_id)
        if item.sitting_id != document.sitting_id:
            raise NotFound
    document.agenda_item_id = item_id
    document.position = 9999
    await db.flush()
    await _place(db, seq, document, 9999)
    sitting = await editable_sitting(db, actor, document.sitting_id)
    if sitting.state != "draft" and before != await _in_camera(db, item_id):
        await access_changed(db, actor.authority_id, seq)


async def _in_camera(db: AsyncSession, item_id: UUID | None) -> bool:
    return bool(await db.scalar(select(AgendaItem.in_camera).where(AgendaItem.id == item_id)))


async def _place(db: AsyncSession, seq: int, document: Document, position: int) -> None:
    """Put the piece at `position` among its neighbours, counted from 1 without holes."""
    beside = await db.scalars(
        select(Document)
        .where(
            Document.sitting_id == document.sitting_id,
            Document.agenda_item_id.is_not_distinct_from(document.agenda_item_id),
            Document.deleted_at.is_(None),
            Document.id != document.id,
        )
        .order_by(Document.position, Document.id)
    )
    order = list(beside)
    order.insert(min(position, len(order) + 1) - 1, document)
    for number, piece in enumerate(order, 1):
        if piece.position != number:
            piece.position, piece.seq = number, seq


async def withdraw_document(
    db: AsyncSession, actor: Actor, document_id: UUID, reason: str, now: datetime
) -> None:
    """Take a piece out of the dossier.

    In a draft, or when nobody could read it yet, it disappears. Once called, it stays listed as
    withdrawn with its reason, and its file leaves the tablets.

    Raises:
        NotFound
    """
    seq = await enter(db, actor, "clerk")
    document = await editable_document(db, actor, document_id)
    if document.withdrawn_at is not None:
        return
    sitting = await editable_sitting(db, actor, document.sitting_id)
    document.seq = seq
    is_seen = sitting.state != "draft" and document.version_id is not None
    if is_seen:
        document.withdrawn_at, document.withdrawn_reason = now, reason.strip()
    else:
        document.deleted_at = now
    await db.execute(
        update(DocumentVersion)
        .where(DocumentVersion.document_id == document.id)
        .values(deleted_at=now, seq=seq)
    )
    record(
        db,
        actor,
        seq,
        "document.withdrawn",
        document.id,
        reason=reason.strip(),
        title=document.title,
    )
    await db.flush()
    if is_seen:
        await tell_of_change(db, document, actor.member_id, now)


async def remove_agenda_item(db: AsyncSession, actor: Actor, item_id: UUID, now: datetime) -> None:
    """Take an item off a draft's agenda, when no piece stands under it.

    Raises:
        NotFound, SittingAlreadyConvened, AgendaItemHasDocuments
    """
    seq = await enter(db, actor, "clerk")
    item = await editable_item(db, actor, item_id)
    sitting = await editable_sitting(db, actor, item.sitting_id)
    if sitting.state != "draft":
        raise SittingAlreadyConvened
    pieces = await db.scalar(
        select(func.count()).where(
            Document.agenda_item_id == item.id, Document.deleted_at.is_(None)
        )
    )
    if pieces:
        raise AgendaItemHasDocuments(count=pieces)
    await agenda.remove_agenda_item(db, actor, item, seq, now)
