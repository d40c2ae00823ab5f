"""An annotation is read by its author alone, while the piece it stands on may be read."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, exists, false, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations

from cartable.actor import Actor
from cartable.annotations.shapes import Annotation as AnnotationShape
from cartable.annotations.tables import Annotation
from cartable.documents.access import on_readable_documents
from cartable.mutations.rules import UnknownEntity
from cartable.sealing import Key, SealedBytes


def readable_annotations(actor: Actor) -> Select[Annotation]:
    """The actor's own annotations on pieces they may read, tombstones included.

    They leave with their piece and come back with it: whatever changes who reads the piece has
    told the tablets so.
    """
    if actor.is_ended:
        return select(Annotation).where(false())
    mine = select(Annotation).where(
        Annotation.authority_id == actor.authority_id,
        Annotation.member_id == actor.member_id,
    )
    return on_readable_documents(mine, Annotation.document_id, actor)


def kept_annotations(
    authority_id: UUID, member_id: UUID, documents: Collection[UUID]
) -> Select[Annotation]:
    """All that one member keeps on some pieces, whatever they may read today: for their own copy of
    it alone."""
    return (
        _kept(authority_id, member_id)
        .where(Annotation.document_id.in_(documents))
        .order_by(Annotation.document_id, Annotation.id)
    )


def pieces_annotated_by(authority_id: UUID, member_id: UUID) -> Select[UUID]:
    """The pieces on which one member keeps something."""
    return _kept(authority_id, member_id).with_only_columns(Annotation.document_id).distinct()


def _kept(authority_id: UUID, member_id: UUID) -> Select[Annotation]:
    return select(Annotation).where(
        Annotation.authority_id == authority_id,
        Annotation.member_id == member_id,
        Annotation.deleted_at.is_(None),
        Annotation.body.is_not(None),
    )


def is_annotated(document_id: SQLCoreOperations[UUID]) -> ColumnElement[bool]:
    """Somebody wrote on this piece, deleted marks included."""
    return exists().where(Annotation.document_id == document_id)


async def own_annotation(
    db: AsyncSession, actor: Actor, key: Key, annotation_id: UUID
) -> tuple[Annotation, AnnotationShape]:
    """A row of the actor's own, deleted or not, readable now or not, and what it says.

    Raises:
        UnknownEntity: not there, or erased for good.
    """
    row = await db.get(Annotation, (actor.member_id, annotation_id))
    if row is None or row.body is None:
        raise UnknownEntity
    return row, open_annotation(key, row)


def open_annotation(key: Key, row: Any) -> AnnotationShape:
    """What a row of the table says."""
    return msgspec.json.decode(key.open(row.body, _place(row.id)), type=AnnotationShape)


def seal_annotation(key: Key, said: AnnotationShape) -> SealedBytes:
    """The other way."""
    return key.seal(msgspec.json.encode(said), _place(said.id))


def _place(annotation_id: UUID) -> str:
    return f"annotation.body:{annotation_id}"
