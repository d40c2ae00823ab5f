"""The pull: one page of the view of one member, from one snapshot (sync.md, section 2)."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Select,
    Text,
    bindparam,
    delete,
    exists,
    false,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.access import account_key
from cartable.actor import Actor
from cartable.annotations.access import is_annotated
from cartable.annotations.actions import erase_deleted as erase_annotations
from cartable.attendance.tables import AttendanceAnswer
from cartable.authorities.actions import authority_write, hold
from cartable.authorities.tables import Authority, AuthorityHead
from cartable.documents.tables import Document, DocumentVersion
from cartable.errors import NotFound
from cartable.members.tables import Member
from cartable.mutations.access import held
from cartable.mutations.actions import erase_discarded
from cartable.mutations.rules import KEPT_TOMBSTONES
from cartable.readings.access import is_opened
from cartable.readings.actions import erase_purged as erase_readings
from cartable.sealing import Key
from cartable.sittings.tables import AgendaItem, Recipient, Sitting
from cartable.sync.catalogue import KINDS, Kind, View
from cartable.sync.rules import (
    OLDEST_WIRE,
    PAGE_BYTES,
    SHAPE,
    Cursor,
    HeadState,
    PullTooOld,
    cut,
    must_reset,
    read_cursor,
    write_cursor,
)
from cartable.sync.shapes import Head, Pulled, PullRequest, Row
from cartable.votes.access import is_prepared
from cartable.votes.actions import erase_purged as erase_intentions

_NO_LINE = UUID(int=0)
_OF = {kind.name: kind.table for kind in KINDS}
_PURGED = (
    (_OF["annotation"], false()),
    (_OF["vote_intention"], false()),
    (_OF["reading_state"], false()),
    (_OF["contact"], false()),
    # The rest of the log stays: it knows what was applied already.
    (_OF["parked_mutation"], _OF["parked_mutation"].outcome != "parked"),
    (DocumentVersion, exists().where(Document.id == DocumentVersion.document_id,
                                     Document.deleted_at.is_(None))),
    (Document, exists().where(DocumentVersion.document_id == Document.id)
               | is_annotated(Document.id) | is_opened(Document.id)),
    (AgendaItem, exists().where(Document.agenda_item_id == AgendaItem.id)
                 | is_prepared(AgendaItem.id)),
    (Sitting, exists().where(AgendaItem.sitting_id == Sitting.id)
              | exists().where(Document.sitting_id == Sitting.id)
              | exists().where(Recipient.sitting_id == Sitting.id)
              | exists().where(AttendanceAnswer.sitting_id == Sitting.id)),
)  # fmt: skip
"""In this order: a row goes when it is deleted and nothing points to it any more."""


async def read_head(db: AsyncSession, actor: Actor) -> Head:
    """Epoch and last number of the authority.

    Raises:
        NotFound: the membership ended; a pull says the rest.
    """
    if actor.is_ended:
        raise NotFound
    head = await db.get_one(AuthorityHead, actor.authority_id)
    return Head(epoch=head.epoch, seq=head.seq)


async def pull_changes(
    db: AsyncSession, actor: Actor, master: Key, request: PullRequest, now: datetime
) -> Pulled:
    """The next page after the cursor; the first pull is the same request without one.

    `db` must hold one read-only snapshot, in which the actor was found. The last page acknowledges,
    from that same snapshot, what of `holding` the server has.

    Raises:
        PullTooOld
    """
    if request.version < OLDEST_WIRE:
        raise PullTooOld(oldest=OLDEST_WIRE)
    head, zone = await _head(db, actor)
    given = read_cursor(request.cursor)
    reset = must_reset(given, head)
    if given is None or reset:
        given = Cursor(head.epoch, head.seq, 0, SHAPE)
    rows: list[Row] = []
    more = False
    if given.c < head.seq and not actor.is_ended:
        view = View(zone, await account_key(db, master, actor.account_id))
        rows, more = await _page(db, actor, given.c, request.limit, view)
    c = rows[-1].seq if more else head.seq
    # An empty view is no place to go on from: whoever signs in again must be shown everything.
    line = _NO_LINE if actor.is_ended else head.epoch
    return Pulled(
        cursor_in=request.cursor,
        cursor=write_cursor(Cursor(line, given.start, c, SHAPE)),
        epoch=head.epoch,
        reset=reset,
        rows=rows,
        more=more,
        held=[] if more else await held(db, actor, request.holding),
        now=now,
    )


async def _head(db: AsyncSession, actor: Actor) -> tuple[HeadState, str]:
    h = AuthorityHead
    row = (
        await db.execute(
            select(h.epoch, h.seq, h.access_seq, h.floor, Member.access_seq, Authority.time_zone)
            .join(Authority, Authority.id == h.authority_id)
            .join(Member, Member.id == actor.member_id)
            .where(h.authority_id == actor.authority_id)
        )
    ).one()
    epoch, seq, access_of_all, floor, own_access, zone = row
    # A signed-out device reads nothing: whatever its cursor, its view is scanned again, and empty.
    access = seq + 1 if actor.is_ended else max(access_of_all, own_access)
    return HeadState(epoch, seq, access, floor), zone


async def _page(
    db: AsyncSession, actor: Actor, c: int, limit: int, view: View
) -> tuple[list[Row], bool]:
    """Rows after `c` in order of number, cut to a page, and whether some are left."""
    first = (await db.execute(_first(actor), {"after": c, "most": limit + 1})).all()
    numbers = sorted(seq for _, seq in first)
    # The number of the first row too many: it is read whole, so that the cut can leave it out.
    is_last = len(numbers) <= limit
    upto = _NO_END if is_last else numbers[limit]
    concerned = {name for name, seq in first if seq <= upto}
    found: list[tuple[Row, int]] = []
    for kind in KINDS:
        if kind.name in concerned:
            rows = await db.execute(_rows(kind, actor), {"after": c, "upto": upto})
            found += [_row(kind, view, row) for row in rows]
    found.sort(key=lambda pair: (pair[0].seq, pair[0].id))
    kept = cut([(row.seq, 1) for row, _ in found], limit)
    kept = cut([(row.seq, size) for row, size in found[:kept]], PAGE_BYTES)
    return [row for row, _ in found[:kept]], kept < len(found) or not is_last


_NO_END = 2**63 - 1
_AFTER = bindparam("after", type_=BigInteger)


def _first(actor: Actor) -> CompoundSelect[str, int]:
    """Of each kind, its name with each of its first numbers after `after`, no more than `most`.

    No kind is walked further than a page needs, however much of the view is left.
    """
    most = bindparam("most", type_=BigInteger)
    numbers = (
        k.readable(actor).with_only_columns(k.seq).where(k.seq > _AFTER).order_by(k.seq).limit(most)
        for k in KINDS
    )
    return union_all(
        *(
            select(literal(k.name, Text), first.subquery().c.seq)
            for k, first in zip(KINDS, numbers, strict=True)
        )
    )


def _rows(kind: Kind, actor: Actor) -> Select[*tuple[Any, ...]]:
    """Rows of a kind, numbered after `after` and up to `upto`."""
    upto = bindparam("upto", type_=BigInteger)
    return kind.rows(actor).where(kind.seq > _AFTER, kind.seq <= upto)


def _row(kind: Kind, view: View, found: Any) -> tuple[Row, int]:
    """A row ready to send, its value encoded once, and about how many bytes it takes."""
    row = Row(kind=kind.name, id=found.id, seq=found.seq)
    if found.deleted_at is not None:
        row.deleted = True
        return row, 100
    value = msgspec.json.encode(kind.value(found, view))
    row.value = msgspec.Raw(value)
    return row, 100 + len(value)


async def erase_deleted(db: AsyncSession, authority_id: UUID, now: datetime) -> int:
    """Erase for good what its author deleted or discarded more than 30 days ago; how many marks.

    Nothing that tablets see changes, so no number is given.
    """
    await hold(db, authority_id)
    await erase_discarded(db, authority_id, now)
    await erase_intentions(db, authority_id, now)
    await erase_readings(db, authority_id, now)
    return await erase_annotations(db, authority_id, now)


async def purge_tombstones(db: AsyncSession, authority_id: UUID, now: datetime) -> int:
    """Remove what was deleted more than 730 days ago; the floor rises to the last number removed.

    A tablet that slept longer scans again from the start. Versions of withdrawn pieces are public
    archives and stay with their piece; rows that others point to go after those.
    """
    spent = [
        (table, (table.authority_id == authority_id, table.deleted_at < now - KEPT_TOMBSTONES,
                 ~in_use))
        for table, in_use in _PURGED
    ]  # fmt: skip
    # A number given for nothing would wake every tablet each morning.
    if not any([await db.scalar(select(exists().where(*criteria))) for _, criteria in spent]):
        return 0
    await authority_write(db, authority_id)
    removed: list[int] = []
    for table, criteria in spent:
        gone = await db.scalars(delete(table).where(*criteria).returning(table.seq))
        removed += gone.all()
    if removed:
        await db.execute(
            update(AuthorityHead)
            .where(AuthorityHead.authority_id == authority_id, AuthorityHead.floor < max(removed))
            .values(floor=max(removed))
        )
    return len(removed)
