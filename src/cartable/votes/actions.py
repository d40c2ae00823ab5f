"""Preparing a vote. Private: no line in the journal, the log of mutations suffices."""

from datetime import datetime
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.mutations.actions import erase_landed
from cartable.mutations.rules import (
    AT_ONCE,
    KEPT_DELETED,
    Change,
    InvalidEntity,
    Landed,
    NoLongerReadable,
)
from cartable.sealing import Key
from cartable.sittings.access import readable_agenda_items
from cartable.sittings.tables import AgendaItem
from cartable.votes.access import open_intention, seal_intention
from cartable.votes.rules import FIELDS, NOTHING, merge, set_aside
from cartable.votes.shapes import PrepareVote
from cartable.votes.shapes import VoteIntention as VoteIntentionShape
from cartable.votes.tables import VoteIntention

VOTE_INTENTIONS = UUID("2f0c1d8a-5b7e-5c3e-9a41-7d3f6c1b0e01")


def register_of(member_id: UUID, agenda_item_id: UUID) -> UUID:
    """The one register of a member and an item: two tablets make the same."""
    return uuid5(VOTE_INTENTIONS, f"{member_id}:{agenda_item_id}")


async def prepare_vote(
    db: AsyncSession, actor: Actor, key: Key, change: Change, body: PrepareVote
) -> Landed:
    """The whole preparation of one item. Prepared elsewhere meanwhile: field by field; where both
    say something different the later is shown and the earlier kept until the author chooses.

    Raises:
        InvalidEntity, NoLongerReadable
    """
    if change.entity != register_of(actor.member_id, body.agenda_item_id):
        raise InvalidEntity
    row = await db.get(VoteIntention, (actor.member_id, change.entity))
    if row is None or row.body is None:
        item = readable_agenda_items(actor).where(AgendaItem.id == body.agenda_item_id)
        if await db.scalar(item.with_only_columns(AgendaItem.id)) is None:
            raise NoLongerReadable
        if row is None:
            row = VoteIntention(
                id=change.entity,
                authority_id=actor.authority_id,
                member_id=actor.member_id,
                agenda_item_id=body.agenda_item_id,
            )
            db.add(row)
        row.body, row.seq = seal_intention(key, _said(change, body)), change.seq
        row.deleted_at = None
        return Landed(change.entity)
    shown = open_intention(key, row)
    said, differs = _said(change, body), False
    if change.is_concurrent:
        fields, differs = merge(_base(change), body, shown)
        said = msgspec.structs.replace(said, **fields)
        said.other = set_aside(shown, fields) if differs else shown.other
    elif not body.settles:
        said.other = shown.other
    row.body, row.seq, row.deleted_at = seal_intention(key, said), change.seq, None
    if all(getattr(said, name) == getattr(body, name) for name in FIELDS):
        return Landed(change.entity, "merged" if differs else "applied")
    return Landed(change.entity, "merged", msgspec.json.encode(_written(said)))


def _said(change: Change, body: PrepareVote) -> VoteIntentionShape:
    return VoteIntentionShape(
        id=change.entity,
        agenda_item_id=body.agenda_item_id,
        **{name: getattr(body, name) for name in FIELDS},
        device_name=change.device_name,
        modified_at=change.at,
        other=None,
    )


def _written(said: VoteIntentionShape) -> PrepareVote:
    """The preparation that would say the same."""
    return PrepareVote(
        agenda_item_id=said.agenda_item_id, **{name: getattr(said, name) for name in FIELDS}
    )


def _base(change: Change) -> PrepareVote:
    """What the author had in front of them."""
    if change.seen is None:
        return NOTHING
    body, result = change.seen
    if result is not None:
        return msgspec.json.decode(result, type=PrepareVote)
    prepared: PrepareVote = body
    return prepared


async def purge_intentions(
    db: AsyncSession, authority_id: UUID, member_id: UUID, seq: int, now: datetime
) -> int:
    """Take what one member keeps from their tablets, in the caller's deed; how many, 500 at most.

    It is erased for good with what its author deleted.
    """
    mine = (VoteIntention.authority_id == authority_id, VoteIntention.member_id == member_id)
    some = select(VoteIntention.id).where(*mine, VoteIntention.deleted_at.is_(None)).limit(AT_ONCE)
    gone = await db.scalars(
        update(VoteIntention)
        .where(*mine, VoteIntention.id.in_(some))
        .values(deleted_at=now, seq=seq)
        .returning(VoteIntention.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


async def erase_purged(db: AsyncSession, authority_id: UUID, now: datetime) -> None:
    """Erase for good what was purged over 30 days ago, with its history.

    The caller holds the authority.
    """
    old = await db.execute(
        update(VoteIntention)
        .where(
            VoteIntention.authority_id == authority_id,
            VoteIntention.deleted_at < now - KEPT_DELETED,
            VoteIntention.body.is_not(None),
        )
        .values(body=None)
        .returning(VoteIntention.member_id, VoteIntention.id)
        .execution_options(synchronize_session=False)
    )
    await erase_landed(db, [(row.member_id, row.id) for row in old])
