"""A vote intention is read by its author alone, while the item may be read."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, exists, false, select
from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations

from cartable.actor import Actor
from cartable.sealing import Key, SealedBytes
from cartable.sittings.access import may_read_item, may_read_sitting
from cartable.sittings.tables import AgendaItem, Sitting
from cartable.votes.shapes import VoteIntention as VoteIntentionShape
from cartable.votes.tables import VoteIntention


def readable_vote_intentions(actor: Actor) -> Select[VoteIntention]:
    """The actor's own intentions on items they may read."""
    if actor.is_ended:
        return select(VoteIntention).where(false())
    return (
        select(VoteIntention)
        .join(AgendaItem, AgendaItem.id == VoteIntention.agenda_item_id)
        .join(Sitting, Sitting.id == AgendaItem.sitting_id)
        .where(
            VoteIntention.authority_id == actor.authority_id,
            VoteIntention.member_id == actor.member_id,
            may_read_sitting(actor),
            Sitting.deleted_at.is_(None),
            may_read_item(actor),
        )
    )


def kept_intentions(authority_id: UUID, member_id: UUID) -> Select[VoteIntention]:
    """All that one member keeps, whatever they may read today: for their own copy of it alone."""
    return select(VoteIntention).where(
        VoteIntention.authority_id == authority_id,
        VoteIntention.member_id == member_id,
        VoteIntention.deleted_at.is_(None),
        VoteIntention.body.is_not(None),
    )


def is_prepared(agenda_item_id: SQLCoreOperations[UUID]) -> ColumnElement[bool]:
    """Somebody prepared a vote on this item."""
    return exists().where(VoteIntention.agenda_item_id == agenda_item_id)


def open_intention(key: Key, row: Any) -> VoteIntentionShape:
    """What a row of the table says."""
    return msgspec.json.decode(key.open(row.body, _place(row.id)), type=VoteIntentionShape)


def seal_intention(key: Key, said: VoteIntentionShape) -> SealedBytes:
    """The other way."""
    return key.seal(msgspec.json.encode(said), _place(said.id))


def _place(intention_id: UUID) -> str:
    return f"vote_intention.body:{intention_id}"
