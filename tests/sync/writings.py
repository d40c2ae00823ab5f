"""What members write in a random history, pushed as a tablet would, with bases old and new."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.annotations.tables import Annotation
from cartable.authorities.tables import AuthorityHead
from cartable.documents.tables import Document, DocumentVersion
from cartable.mutations.shapes import Mutation
from cartable.mutations.tables import Mutation as Logged
from cartable.readings.actions import reading_of
from cartable.sittings.tables import AgendaItem, Sitting
from cartable.sync.actions import erase_deleted
from cartable.sync.push import push_changes
from cartable.sync.shapes import PushRequest
from cartable.votes.actions import register_of
from tests.sync.world import World


def _id(w: World) -> UUID:
    return UUID(int=w.chance.getrandbits(128), version=4)


async def _push(
    w: World, db: AsyncSession, author: str, *written: tuple[str, UUID, Any, Any]
) -> None:
    """Mutations of one member: name, entity, base, body."""
    head = await db.get_one(AuthorityHead, w.authority_id)
    mutations = [
        Mutation(
            mid=_id(w), name=name, version=1, entity=entity, base=base,
            at=w.now.isoformat(), body=body,
        )
        for name, entity, base, body in written
    ]  # fmt: skip
    request = PushRequest(epoch=head.epoch, mutations=mutations)
    await push_changes(db, await w.actor(db, author), w.runtime.master_key, request, w.now)


def _author(w: World) -> str:
    return w.chance.choice(["alice", "alice", "bruno", "chloe", "gus", "claire"])


def _words(w: World) -> str:
    return " ".join(w.chance.choice(["un", "deux", "trois", "quatre"]) for _ in range(4))


async def annotate(w: World, db: AsyncSession) -> None:
    piece = await w.one(db, Document)
    versions = select(DocumentVersion.sha256).where(DocumentVersion.document_id == piece)
    sha256 = w.chance.choice([*await db.scalars(versions.order_by("id")), "0" * 64])
    mark = {"kind": "note", "colour": "blue", "text": _words(w)}
    body = {"document_id": str(piece), "sha256": sha256, "page": 1, "mark": mark}
    await _push(w, db, _author(w), *[("put_annotation", _id(w), 0, body) for _ in "12"])


async def _mark(w: World, db: AsyncSession, author: str) -> tuple[UUID, int]:
    """A mark of one's own, and a number at which a tablet may have seen it."""
    mine = Annotation.member_id == w.members[author]
    rows = (
        await db.execute(select(Annotation.id, Annotation.seq).where(mine).order_by("id"))
    ).all()
    if not rows:
        return uuid4(), 0
    row = w.chance.choice(rows)
    return row.id, w.chance.choice([row.seq, row.seq, row.seq - 1, 0])


async def edit_mark(w: World, db: AsyncSession) -> None:
    author = _author(w)
    mark, base = await _mark(w, db, author)
    change = ("style_annotation", mark, base, {"colour": w.chance.choice(["red", "green"])})
    await _push(w, db, author, ("edit_note", mark, base, {"text": _words(w)}), change)


async def delete_mark(w: World, db: AsyncSession) -> None:
    author = _author(w)
    await _push(w, db, author, ("delete_annotation", *await _mark(w, db, author), {}))


async def prepare_vote(w: World, db: AsyncSession) -> None:
    author, item = _author(w), await w.one(db, AgendaItem)
    entity = register_of(w.members[author], item)
    choice = w.chance.choice(["for", "against", "abstain"])
    body = {"agenda_item_id": str(item), "choice": choice, "settles": w.chance.random() < 0.3}
    head = await db.get_one(AuthorityHead, w.authority_id)
    base = w.chance.choice([0, head.seq])
    await _push(w, db, author, ("prepare_vote", entity, base, body))


async def keep_reading(w: World, db: AsyncSession) -> None:
    author, piece = _author(w), await w.one(db, Document)
    body = {"document_id": str(piece), "is_read": w.chance.random() < 0.5}
    await _push(w, db, author, ("keep_reading", reading_of(w.members[author], piece), 0, body))


async def answer_call(w: World, db: AsyncSession) -> None:
    sitting = await w.one(db, Sitting, Sitting.state == "convened")
    body = {"sitting_id": str(sitting), "answer": w.chance.choice(["present", "absent"])}
    await _push(w, db, _author(w), ("answer_call", _id(w), 0, body))


async def spoil(w: World, db: AsyncSession) -> None:
    """What the server does not understand is parked."""
    await _push(w, db, _author(w), ("sing", _id(w), 0, {"song": _words(w)}))


async def discard(w: World, db: AsyncSession) -> None:
    author = _author(w)
    parked = select(Logged.id).where(
        Logged.member_id == w.members[author], Logged.outcome == "parked"
    )
    mids = [*await db.scalars(parked.order_by(Logged.id))]
    entity = w.chance.choice(mids) if mids else uuid4()
    await _push(w, db, author, ("discard_parked", entity, 0, {}))


async def erase(w: World, db: AsyncSession) -> None:
    """The nightly deed, on another night."""
    await erase_deleted(db, w.authority_id, w.now)


WRITINGS = {
    annotate: 9, edit_mark: 6, delete_mark: 4, prepare_vote: 6, keep_reading: 4, answer_call: 4,
    spoil: 3, discard: 3, erase: 1,
}  # fmt: skip
