"""What one authority holds of one person, for their own copy."""

import re
import unicodedata
from collections.abc import AsyncIterator
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.annotations.access import kept_annotations, open_annotation, pieces_annotated_by
from cartable.annotations.shapes import Annotation
from cartable.attendance.tables import AttendanceAnswer
from cartable.audit.tables import AuditEvent
from cartable.authorities.tables import Authority
from cartable.documents.tables import Document, DocumentVersion
from cartable.members.tables import Assembly, Group, GroupLeader, Member, Seat, Substitute
from cartable.mutations.access import kept_parked, parked_shape
from cartable.personal.access import Membership
from cartable.personal.archive import Archive
from cartable.personal.notes import as_markdown, web_annotation
from cartable.personal.xfdf import as_xfdf
from cartable.readings.access import kept_readings, open_reading
from cartable.sealing import Key
from cartable.sittings.tables import AgendaItem, Sitting
from cartable.votes.access import kept_intentions, open_intention

_CHOICES = {
    "for": "pour", "against": "contre", "abstain": "abstention",
    "not_voting": "ne prend pas part", "undecided": "à décider",
}  # fmt: skip
_ANSWERS = {"present": "présent", "remote": "à distance", "absent": "absent", "excused": "excusé",
            "proxy": "pouvoir", "substitute": "suppléant"}  # fmt: skip
_VOTES = ("séance", "affaire", "intention", "argument", "intervention", "question", "intéressé",
          "modifié le")  # fmt: skip
_READ = ("séance", "pièce", "page", "sur", "lue", "ouverte le", "dernière lecture")


class _Papers(NamedTuple):
    """Sittings by id with their heading, pieces and items with their title and sitting."""

    sittings: dict[UUID, str]
    pieces: dict[UUID, tuple[str, UUID]]
    items: dict[UUID, tuple[str, UUID]]


async def export_authority(
    db: AsyncSession, archive: Archive, key: Key, one: Membership, number: int
) -> AsyncIterator[bytes]:
    """The person's folder of one authority. `db` is bound to it."""
    authority = await db.get_one(Authority, one.authority_id)
    folder = f"{number:02}-{_file_name(authority.name)}"
    yield archive.json(f"{folder}/adhesion.json", await _membership(db, authority, one))
    papers = await _papers(db, one.authority_id)
    async for part in _notes(db, archive, key, one, folder, papers):
        yield part
    intentions = [
        open_intention(key, row)
        for row in await db.scalars(kept_intentions(one.authority_id, one.member_id))
    ]
    yield archive.json(f"{folder}/votes.json", intentions)
    yield archive.csv(f"{folder}/votes.csv", _VOTES, [_vote(papers, said) for said in intentions])
    readings = await db.scalars(kept_readings(one.authority_id, one.member_id))
    rows = [_reading(papers, open_reading(key, row)) for row in readings]
    yield archive.csv(f"{folder}/lectures.csv", _READ, rows)
    yield archive.csv(
        f"{folder}/reponses.csv", ("séance", "réponse", "reçue le", "tardive"),
        await _answers(db, one, papers),
    )  # fmt: skip
    parked = await db.scalars(kept_parked(one.authority_id, one.member_id))
    yield archive.json(f"{folder}/a-recuperer.json", [parked_shape(key, row) for row in parked])
    lines = await db.execute(
        select(AuditEvent.at, AuditEvent.event, AuditEvent.subject_id)
        .where(AuditEvent.authority_id == one.authority_id, AuditEvent.member_id == one.member_id)
        .order_by(AuditEvent.position)
    )
    yield archive.csv(
        f"{folder}/journal.csv",
        ("date", "événement", "objet"),
        ((row.at, row.event, row.subject_id) for row in lines),
    )


async def _membership(db: AsyncSession, authority: Authority, one: Membership) -> dict[str, Any]:
    member = await db.get_one(Member, one.member_id)
    group = await db.get(Group, member.group_id) if member.group_id else None
    leads = await db.scalar(
        select(GroupLeader.group_id).where(
            GroupLeader.authority_id == one.authority_id, GroupLeader.member_id == one.member_id
        )
    )
    seats = await db.execute(
        select(Assembly.name, Seat)
        .join(Seat, Seat.assembly_id == Assembly.id)
        .where(Seat.authority_id == one.authority_id, Seat.member_id == one.member_id)
        .order_by(Seat.starts_on)
    )
    stands_in = await db.execute(
        select(Assembly.name)
        .join(Seat, Seat.assembly_id == Assembly.id)
        .join(Substitute, Substitute.seat_id == Seat.id)
        .where(Substitute.authority_id == one.authority_id, Substitute.member_id == one.member_id)
    )
    names = (
        "id", "roles", "position", "phone", "shows_email", "shows_phone", "created_at",
        "invited_at", "accepted_at", "deactivated_at",
    )  # fmt: skip
    return {
        "authority": authority.name,
        **{name: getattr(member, name) for name in names},
        "group": group.name if group else None,
        "leads_group": leads is not None,
        "seats": [
            {
                "assembly": name, "starts_on": seat.starts_on, "ends_on": seat.ends_on,
                "position": seat.position, "rank": seat.rank, "is_voting": seat.is_voting,
            }
            for name, seat in seats
        ],
        "substitute_in": [row.name for row in stands_in],
    }  # fmt: skip


async def _papers(db: AsyncSession, authority_id: UUID) -> _Papers:
    sittings = await db.execute(
        select(Sitting.id, Sitting.day, Assembly.name)
        .join(Assembly, Assembly.id == Sitting.assembly_id)
        .where(Sitting.authority_id == authority_id)
    )
    pieces = await db.execute(
        select(Document.id, Document.title, Document.sitting_id).where(
            Document.authority_id == authority_id
        )
    )
    items = await db.execute(
        select(AgendaItem.id, AgendaItem.title, AgendaItem.sitting_id).where(
            AgendaItem.authority_id == authority_id
        )
    )
    return _Papers(
        {row.id: f"{row.day.isoformat()} {row.name}" for row in sittings},
        {row.id: (row.title, row.sitting_id) for row in pieces},
        {row.id: (row.title, row.sitting_id) for row in items},
    )


async def _notes(
    db: AsyncSession, archive: Archive, key: Key, one: Membership, folder: str, papers: _Papers
) -> AsyncIterator[bytes]:
    """One sitting at a time, so that a mandate of notes is never held whole."""
    by_sitting: dict[UUID, list[UUID]] = {}
    for piece in await db.scalars(pieces_annotated_by(one.authority_id, one.member_id)):
        by_sitting.setdefault(papers.pieces[piece][1], []).append(piece)
    for sitting, pieces in sorted(by_sitting.items(), key=lambda pair: papers.sittings[pair[0]]):
        heading = papers.sittings[sitting]
        rows = await db.scalars(kept_annotations(one.authority_id, one.member_id, pieces))
        found = [
            (said, papers.pieces[said.document_id][0])
            for said in (open_annotation(key, row) for row in rows)
        ]
        db.expunge_all()
        name = f"{folder}/notes/{_file_name(heading)}-{sitting.hex[-6:]}"
        yield archive.json(f"{name}.json", [web_annotation(*pair) for pair in found])
        yield archive.text(f"{name}.md", as_markdown(heading, found))
        for paper, notes in await _by_paper(db, one.authority_id, [said for said, _ in found]):
            yield archive.text(f"{name}/{_xfdf_name(paper)}", as_xfdf(notes, paper.file_name))


async def _by_paper(
    db: AsyncSession, authority_id: UUID, notes: list[Annotation]
) -> list[tuple[Any, list[Annotation]]]:
    """The versions of pieces that bear marks, each with its own."""
    by_version: dict[tuple[UUID, str], list[Annotation]] = {}
    for one in notes:
        by_version.setdefault((one.document_id, one.sha256), []).append(one)
    versions = await db.execute(
        select(
            DocumentVersion.document_id, DocumentVersion.sha256, DocumentVersion.number,
            DocumentVersion.file_name,
        ).where(
            DocumentVersion.authority_id == authority_id,
            DocumentVersion.document_id.in_({document for document, _ in by_version}),
        ).order_by(DocumentVersion.document_id, DocumentVersion.number)
    )  # fmt: skip
    # The same content deposited twice is two versions of one hash: the marks are told once.
    found = ((row, by_version.pop((row.document_id, row.sha256), None)) for row in versions)
    return [(row, said) for row, said in found if said]


def _xfdf_name(paper: Any) -> str:
    stem = paper.file_name.removesuffix(".pdf")
    return f"{_file_name(stem)}-v{paper.number}-{paper.document_id.hex[-6:]}.xfdf"


def _vote(papers: _Papers, said: Any) -> tuple[Any, ...]:
    title, sitting = papers.items[said.agenda_item_id]
    return (
        papers.sittings[sitting], title, _CHOICES[said.choice], said.argument, said.speech,
        said.question, "oui" if said.is_concerned else "non", said.modified_at,
    )  # fmt: skip


def _reading(papers: _Papers, said: Any) -> tuple[Any, ...]:
    title, sitting = papers.pieces[said.document_id]
    at = said.position
    return (
        papers.sittings[sitting], title, at.page if at else "", at.pages if at else "",
        "oui" if said.is_read else "non", said.opened_at, said.modified_at,
    )  # fmt: skip


async def _answers(db: AsyncSession, one: Membership, papers: _Papers) -> list[tuple[Any, ...]]:
    rows = await db.scalars(
        select(AttendanceAnswer)
        .where(
            AttendanceAnswer.authority_id == one.authority_id,
            AttendanceAnswer.member_id == one.member_id,
        )
        .order_by(AttendanceAnswer.received_at)
    )
    return [
        (papers.sittings[row.sitting_id], _ANSWERS.get(row.answer, row.answer), row.received_at,
         "oui" if row.is_late else "non")
        for row in rows
    ]  # fmt: skip


def _file_name(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "sans-nom"
