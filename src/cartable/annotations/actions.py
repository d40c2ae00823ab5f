"""The deeds of annotations. Private: they leave no line in the journal, the log suffices."""

from datetime import datetime
from uuid import UUID, uuid5

import msgspec
from msgspec import UNSET
from sqlalchemy import func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.annotations.access import own_annotation, seal_annotation
from cartable.annotations.rules import NotANote, merge_texts
from cartable.annotations.shapes import (
    Annotation as AnnotationShape,
)
from cartable.annotations.shapes import (
    DeleteAnnotation,
    EditNote,
    Note,
    PutAnnotation,
    StyleAnnotation,
)
from cartable.annotations.tables import Annotation
from cartable.documents.access import readable_versions
from cartable.documents.tables import DocumentVersion
from cartable.mutations.actions import erase_landed
from cartable.mutations.rules import (
    AT_ONCE,
    KEPT_DELETED,
    AlreadyThere,
    Change,
    Landed,
    NoLongerReadable,
)
from cartable.sealing import Key

FORKS = UUID("2f0c1d8a-5b7e-5c3e-9a41-7d3f6c1b0e03")
"""Names the sibling of a fork after the mutation that made it: again gives the same one."""


async def put_annotation(
    db: AsyncSession, actor: Actor, key: Key, change: Change, body: PutAnnotation
) -> Landed:
    """A new mark on a version of a piece that its author may read now.

    Raises:
        AlreadyThere, NoLongerReadable
    """
    mine = (actor.member_id, change.entity)
    if not change.is_first and await db.get(Annotation, mine) is not None:
        raise AlreadyThere
    if not await _is_readable(db, actor, change, body):
        raise NoLongerReadable
    said = AnnotationShape(
        id=change.entity,
        document_id=body.document_id,
        sha256=body.sha256,
        page=body.page,
        page_hash=body.page_hash,
        mark=body.mark,
        created_at=change.at,
        modified_at=change.at,
        forked_from=None,
        device_name=change.device_name,
    )
    _add(db, actor, key, change, said)
    return Landed(change.entity)


async def _is_readable(db: AsyncSession, actor: Actor, change: Change, body: PutAnnotation) -> bool:
    asked = (body.document_id, body.sha256)
    if asked not in change.asked:
        version = readable_versions(actor).where(
            DocumentVersion.document_id == body.document_id, DocumentVersion.sha256 == body.sha256
        )
        count = await db.scalar(version.with_only_columns(func.count()))
        change.asked[asked] = count != 0
    return change.asked[asked]


async def edit_note(
    db: AsyncSession, actor: Actor, key: Key, change: Change, body: EditNote
) -> Landed:
    """The words of a note. Written elsewhere meanwhile: merged word by word, or, where the two
    say different things in the same place, a sibling note. An edit brings a deleted note back.

    Raises:
        UnknownEntity, NotANote
    """
    row, said = await own_annotation(db, actor, key, change.entity)
    if not isinstance(said.mark, Note):
        raise NotANote
    text = body.text
    if change.is_concurrent:
        merged = merge_texts(_base(change), text, said.mark.text)
        if merged is None:
            return _fork(db, actor, key, change, said, body.text)
        text = merged
    said.mark.text = text
    _keep(row, key, change, said)
    if text == body.text:
        return Landed(change.entity)
    return Landed(change.entity, "merged", text.encode())


def _base(change: Change) -> str:
    """The text that the author had in front of them."""
    if change.seen is None:
        return ""
    if change.seen.result is not None:
        return change.seen.result.decode()
    match change.seen.body:
        case EditNote(text=text) | PutAnnotation(mark=Note(text=text)):
            return text
    return ""


def _fork(
    db: AsyncSession, actor: Actor, key: Key, change: Change, said: AnnotationShape, text: str
) -> Landed:
    """The other version stays as it is; this one becomes a note of its own beside it."""
    sibling = msgspec.structs.replace(
        said,
        id=uuid5(FORKS, str(change.mid)),
        mark=msgspec.structs.replace(said.mark, text=text),
        created_at=change.at,
        modified_at=change.at,
        forked_from=said.id,
        device_name=change.device_name,
    )
    _add(db, actor, key, change, sibling)
    return Landed(sibling.id, "forked")


async def style_annotation(
    db: AsyncSession, actor: Actor, key: Key, change: Change, body: StyleAnnotation
) -> Landed:
    """Colour or label, field by field, the later arrival; it brings a deleted mark back.

    Raises:
        UnknownEntity
    """
    row, said = await own_annotation(db, actor, key, change.entity)
    if body.colour is not UNSET:
        said.mark.colour = body.colour
    if body.label is not UNSET:
        said.mark.label = body.label
    _keep(row, key, change, said)
    return Landed(change.entity)


async def delete_annotation(
    db: AsyncSession, actor: Actor, key: Key, change: Change, _body: DeleteAnnotation
) -> Landed:
    """Gone from every tablet, unless it was changed elsewhere meanwhile: the change wins.

    Raises:
        UnknownEntity
    """
    row, _ = await own_annotation(db, actor, key, change.entity)
    if change.is_concurrent:
        return Landed(change.entity, "merged")
    if row.deleted_at is None:
        row.deleted_at, row.seq = change.now, change.seq
    return Landed(change.entity)


async def erase_deleted(db: AsyncSession, authority_id: UUID, now: datetime) -> int:
    """Erase for good marks deleted over 30 days ago, with their history; how many, 500 at most.

    The caller holds the authority: none of them is being brought back meanwhile.
    """
    old = await db.execute(
        select(Annotation.member_id, Annotation.id)
        .where(
            Annotation.authority_id == authority_id,
            Annotation.deleted_at < now - KEPT_DELETED,
            Annotation.body.is_not(None),
        )
        .limit(AT_ONCE)
    )
    rows = [(row.member_id, row.id) for row in old]
    if rows:
        await db.execute(
            update(Annotation)
            .where(tuple_(Annotation.member_id, Annotation.id).in_(rows))
            .values(body=None)
            .execution_options(synchronize_session=False)
        )
        await erase_landed(db, rows)
    return len(rows)


async def purge_annotations(
    db: AsyncSession, authority_id: UUID, member_id: UUID, seq: int, now: datetime
) -> int:
    """Take what one member keeps from their tablets, in the caller's deed; how many, 500 at most.

    It is erased for good with what its author deleted.
    """
    mine = (Annotation.authority_id == authority_id, Annotation.member_id == member_id)
    some = select(Annotation.id).where(*mine, Annotation.deleted_at.is_(None)).limit(AT_ONCE)
    gone = await db.scalars(
        update(Annotation)
        .where(*mine, Annotation.id.in_(some))
        .values(deleted_at=now, seq=seq)
        .returning(Annotation.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _add(db: AsyncSession, actor: Actor, key: Key, change: Change, said: AnnotationShape) -> None:
    db.add(
        Annotation(
            id=said.id,
            authority_id=actor.authority_id,
            member_id=actor.member_id,
            document_id=said.document_id,
            seq=change.seq,
            body=seal_annotation(key, said),
        )
    )


def _keep(row: Annotation, key: Key, change: Change, said: AnnotationShape) -> None:
    said.modified_at = change.at
    row.body, row.seq, row.deleted_at = seal_annotation(key, said), change.seq, None
