"""Keeping how far somebody has read. Private: no line in the journal."""

from datetime import datetime
from uuid import UUID, uuid5

from msgspec import UNSET
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.documents.access import readable_documents
from cartable.documents.tables import Document
from cartable.mutations.actions import erase_landed
from cartable.mutations.rules import (
    AT_ONCE,
    KEPT_DELETED,
    Change,
    InvalidEntity,
    Landed,
    NoLongerReadable,
)
from cartable.readings.access import open_reading, seal_reading
from cartable.readings.shapes import KeepReading
from cartable.readings.shapes import ReadingState as ReadingStateShape
from cartable.readings.tables import ReadingState
from cartable.sealing import Key

READING_STATES = UUID("2f0c1d8a-5b7e-5c3e-9a41-7d3f6c1b0e02")


def reading_of(member_id: UUID, document_id: UUID) -> UUID:
    """The one reading of a member and a piece: two tablets make the same."""
    return uuid5(READING_STATES, f"{member_id}:{document_id}")


async def keep_reading(
    db: AsyncSession, actor: Actor, key: Key, change: Change, body: KeepReading
) -> Landed:
    """The earliest opening, the position and the mark of the later arrival.

    Raises:
        InvalidEntity, NoLongerReadable
    """
    if change.entity != reading_of(actor.member_id, body.document_id):
        raise InvalidEntity
    row = await db.get(ReadingState, (actor.member_id, change.entity))
    if row is None or row.body is None:
        piece = readable_documents(actor).where(Document.id == body.document_id)
        if await db.scalar(piece.with_only_columns(Document.id)) is None:
            raise NoLongerReadable
        if row is None:
            row = ReadingState(
                id=change.entity,
                authority_id=actor.authority_id,
                member_id=actor.member_id,
                document_id=body.document_id,
            )
            db.add(row)
        said = ReadingStateShape(
            id=change.entity,
            document_id=body.document_id,
            position=None,
            is_read=False,
            opened_at=change.at,
            modified_at=change.at,
        )
    else:
        said = open_reading(key, row)
    if body.position is not UNSET:
        said.position = body.position
    if body.is_read is not UNSET:
        said.is_read = body.is_read
    said.opened_at, said.modified_at = min(said.opened_at, change.at), change.at
    row.body, row.seq, row.deleted_at = seal_reading(key, said), change.seq, None
    return Landed(change.entity)


async def purge_readings(
    db: AsyncSession, authority_id: UUID, member_id: UUID, seq: int, now: datetime
) -> int:
    """Take what one member keeps from their tablets, in the caller's deed; how many, 500 at most.

    It is erased for good with what its author deleted.
    """
    mine = (ReadingState.authority_id == authority_id, ReadingState.member_id == member_id)
    some = select(ReadingState.id).where(*mine, ReadingState.deleted_at.is_(None)).limit(AT_ONCE)
    gone = await db.scalars(
        update(ReadingState)
        .where(*mine, ReadingState.id.in_(some))
        .values(deleted_at=now, seq=seq)
        .returning(ReadingState.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


async def erase_purged(db: AsyncSession, authority_id: UUID, now: datetime) -> None:
    """Erase for good what was purged over 30 days ago, with its history.

    The caller holds the authority.
    """
    old = await db.execute(
        update(ReadingState)
        .where(
            ReadingState.authority_id == authority_id,
            ReadingState.deleted_at < now - KEPT_DELETED,
            ReadingState.body.is_not(None),
        )
        .values(body=None)
        .returning(ReadingState.member_id, ReadingState.id)
        .execution_options(synchronize_session=False)
    )
    await erase_landed(db, [(row.member_id, row.id) for row in old])
