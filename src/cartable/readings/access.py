"""A reading state is read by its reader alone, while the piece may be read."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, exists, false, select
from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations

from cartable.actor import Actor
from cartable.documents.access import on_readable_documents
from cartable.readings.shapes import ReadingState as ReadingStateShape
from cartable.readings.tables import ReadingState
from cartable.sealing import Key, SealedBytes


def readable_reading_states(actor: Actor) -> Select[ReadingState]:
    """The actor's own readings of pieces they may read."""
    if actor.is_ended:
        return select(ReadingState).where(false())
    mine = select(ReadingState).where(
        ReadingState.authority_id == actor.authority_id,
        ReadingState.member_id == actor.member_id,
    )
    return on_readable_documents(mine, ReadingState.document_id, actor)


def kept_readings(authority_id: UUID, member_id: UUID) -> Select[ReadingState]:
    """All that one member keeps, whatever they may read today: for their own copy of it alone."""
    return select(ReadingState).where(
        ReadingState.authority_id == authority_id,
        ReadingState.member_id == member_id,
        ReadingState.deleted_at.is_(None),
        ReadingState.body.is_not(None),
    )


def is_opened(document_id: SQLCoreOperations[UUID]) -> ColumnElement[bool]:
    """Somebody keeps a reading of this piece."""
    return exists().where(ReadingState.document_id == document_id)


def open_reading(key: Key, row: Any) -> ReadingStateShape:
    """What a row of the table says."""
    return msgspec.json.decode(key.open(row.body, _place(row.id)), type=ReadingStateShape)


def seal_reading(key: Key, said: ReadingStateShape) -> SealedBytes:
    """The other way."""
    return key.seal(msgspec.json.encode(said), _place(said.id))


def _place(reading_id: UUID) -> str:
    return f"reading_state.body:{reading_id}"
