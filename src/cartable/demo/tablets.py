"""What some councillors of the demonstration wrote on their tablets, sent as tablets send it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import msgspec

from cartable.actor import Actor
from cartable.annotations.shapes import Bookmark, Highlight, Ink, Mark, Note, PutAnnotation
from cartable.attendance.shapes import AnswerCall
from cartable.authorities.tables import AuthorityHead
from cartable.demo import content
from cartable.demo.figures import rows
from cartable.demo.quotes import find
from cartable.demo.town import Town, enter_as, leave
from cartable.documents.access import readable_documents, readable_versions
from cartable.documents.tables import Document, DocumentVersion
from cartable.mutations.shapes import Mutation
from cartable.readings.actions import reading_of
from cartable.readings.shapes import KeepReading, Position
from cartable.runtime import Runtime
from cartable.sittings.access import readable_agenda_items
from cartable.sittings.tables import AgendaItem
from cartable.sync.push import push_changes
from cartable.sync.shapes import PushRequest
from cartable.votes.actions import register_of
from cartable.votes.shapes import PrepareVote

Line = Mapping[str, str]
BATCH = 50
MARGIN = 26.0
"""Points between the words and a note pinned beside them."""

BETWEEN = timedelta(minutes=7)


@dataclass(frozen=True)
class Written:
    """A called sitting and its papers, on the day it was called."""

    authority: content.Authority
    sitting: content.Sitting
    sitting_id: UUID
    papers: Mapping[str, Path]


@dataclass(frozen=True)
class Desk:
    """A called sitting as one councillor reads it: pieces by paper, items by number."""

    actor: Actor
    sitting_id: UUID
    versions: Mapping[str, DocumentVersion]
    items: Mapping[int, UUID]
    papers: Mapping[str, Path]


async def write_on_tablets(
    runtime: Runtime, town: Town, dossier: Written, called_at: datetime, now: datetime
) -> None:
    """Everybody's answers and preparations, each from a tablet of their own."""
    lines = {
        name: [line for line in rows(name) if line["sitting"] == dossier.sitting.key]
        for name in ("answers", "preparations", "marks", "readings")
    }
    for membership in dossier.authority.memberships:
        key = membership.person.key
        mine = {name: [row for row in all_ if row["person"] == key] for name, all_ in lines.items()}
        if not any(mine.values()):
            continue
        device = f"Tablette de {membership.person.first_name}"
        actor = await enter_as(runtime, town.clerk.authority_id, membership, now, device)
        desk = await _open(runtime, actor, dossier)
        for line in mine["answers"]:
            at = min(now, called_at + timedelta(hours=int(line["hours"])))
            await _send(runtime, actor, [_answer(desk, line, at)], at)
        made = [
            *((_preparation, line) for line in mine["preparations"]),
            *((_mark, line) for line in mine["marks"]),
            *((_reading, line) for line in mine["readings"]),
        ]
        # The last line of the readings is what one comes back to.
        private = [
            write(desk, line, now - BETWEEN * (len(made) - n))
            for n, (write, line) in enumerate(made)
        ]
        await _send(runtime, actor, private, now)
        await leave(runtime, actor, now)


async def _open(runtime: Runtime, actor: Actor, dossier: Written) -> Desk:
    sitting, sitting_id = dossier.sitting, dossier.sitting_id
    numbers = {item.number: item for item in sitting.items}
    papers: dict[tuple[UUID | None, str], str] = {(None, p.title): p.paper for p in sitting.pieces}
    async with runtime.reading(actor.authority_id) as db:
        items = {
            item.number: item.id
            for item in await db.scalars(
                readable_agenda_items(actor).where(AgendaItem.sitting_id == sitting_id)
            )
            if item.number
        }
        for number, item_id in items.items():
            papers |= {(item_id, piece.title): piece.paper for piece in numbers[number].pieces}
        pieces = await db.scalars(
            readable_documents(actor).where(Document.sitting_id == sitting_id)
        )
        named = {piece.id: papers[piece.agenda_item_id, piece.title] for piece in pieces}
        versions = {
            named[version.document_id]: version
            for version in await db.scalars(readable_versions(actor))
            if version.document_id in named
        }
    return Desk(actor, sitting_id, versions, items, dossier.papers)


async def _send(
    runtime: Runtime, actor: Actor, mutations: Iterable[Mutation], now: datetime
) -> None:
    written = list(mutations)
    for start in range(0, len(written), BATCH):
        async with runtime.writing(actor.authority_id) as db:
            head = await db.get_one(AuthorityHead, actor.authority_id)
            request = PushRequest(epoch=head.epoch, mutations=written[start : start + BATCH])
            told = await push_changes(db, actor, runtime.master_key, request, now)
        refused = {one.code for one in told.outcomes if one.code}
        if refused:
            raise RuntimeError(f"the demonstration's tablets were refused: {refused}")


def _id(desk: Desk, line: Line, what: str) -> UUID:
    """The same at every start: a building that was cut short writes nothing twice."""
    return uuid5(desk.sitting_id, f"{desk.actor.member_id}:{what}:{sorted(line.items())}")


def _mutation(mid: UUID, name: str, entity: UUID, at: datetime, body: msgspec.Struct) -> Mutation:
    return Mutation(
        mid=mid,
        name=name,
        version=1,
        entity=entity,
        base=0,
        at=at.isoformat(),
        body=msgspec.to_builtins(body),
    )


def _answer(desk: Desk, line: Line, at: datetime) -> Mutation:
    body = msgspec.convert(
        {"sitting_id": str(desk.sitting_id), "answer": line["answer"]}, AnswerCall
    )
    return _mutation(_id(desk, line, "mid"), "answer_call", _id(desk, line, "act"), at, body)


def _preparation(desk: Desk, line: Line, at: datetime) -> Mutation:
    item_id = desk.items[int(line["item"])]
    said = {name: line[name] for name in ("choice", "argument", "speech", "question")}
    body = msgspec.convert(
        {**said, "agenda_item_id": str(item_id), "is_concerned": line["concerned"] == "yes"},
        PrepareVote,
    )
    entity = register_of(desk.actor.member_id, item_id)
    return _mutation(_id(desk, line, "mid"), "prepare_vote", entity, at, body)


def _mark(desk: Desk, line: Line, at: datetime) -> Mutation:
    version = desk.versions[line["paper"]]
    body = PutAnnotation(
        document_id=version.document_id,
        sha256=version.sha256,
        page=int(line["page"]),
        mark=_drawn(desk.papers[line["paper"]], line),
    )
    return _mutation(_id(desk, line, "mid"), "put_annotation", _id(desk, line, "mark"), at, body)


def _drawn(paper: Path, line: Line) -> Mark:
    colour: Any = line["colour"]
    if line["kind"] == "bookmark":
        return Bookmark(colour=colour, label=line["text"])
    passage = find(paper, int(line["page"]), line["quote"])
    match line["kind"]:
        case "highlight":
            return Highlight(colour=colour, quads=[passage.quad], quote=passage.quote)
        case "note":
            x, y = passage.left - MARGIN, passage.top
            return Note(colour=colour, text=line["text"], x=x, y=y, quote=passage.quote)
        case _:
            return Ink(colour=colour, width=1.6, points=_underline(passage.left, passage.right,
                                                                   passage.bottom))  # fmt: skip


def _underline(left: float, right: float, y: float) -> list[float]:
    """A line under words, drawn by a hand: x, y, pressure of each point."""
    steps = max(2, int((right - left) / 6))
    points: list[float] = []
    for step in range(steps + 1):
        part = step / steps
        sway = (0.0, 0.5, 0.8, 0.3, -0.3, -0.6)[step % 6]
        pressure = round(0.35 + 0.3 * (1 - abs(2 * part - 1)), 2)
        points += [round(left + (right - left) * part, 1), round(y - 1 + sway, 1), pressure]
    return points


def _reading(desk: Desk, line: Line, at: datetime) -> Mutation:
    version = desk.versions[line["paper"]]
    page = min(int(line["page"]), version.pages)
    body = KeepReading(
        document_id=version.document_id,
        position=Position(sha256=version.sha256, page=page, pages=version.pages),
        is_read=line["read"] == "yes",
    )
    entity = reading_of(desk.actor.member_id, version.document_id)
    return _mutation(_id(desk, line, "mid"), "keep_reading", entity, at, body)
