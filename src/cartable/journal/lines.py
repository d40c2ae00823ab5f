"""Pages of the journal, put together from a few queries."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.tables import Device
from cartable.actor import Actor, Person
from cartable.audit.reading import said_in, salted_payloads
from cartable.audit.tables import AuditEvent, AuditPayload, HostEvent, HostPayload
from cartable.audit.verification import Verdict
from cartable.authorities.tables import Authority
from cartable.journal.access import Filter, readable_activity, readable_lines
from cartable.journal.shapes import (
    Activity,
    ActivityLine,
    JournalBreak,
    JournalGap,
    JournalLine,
    JournalPage,
    JournalVerdict,
)
from cartable.members.access import readable_members
from cartable.members.tables import Member

PAGE = 50
_WITH_MEMBERS = ("member",)
"""Details that hold the id of a member."""


async def journal_page(db: AsyncSession, actor: Actor, wanted: Filter, page: int) -> JournalPage:
    """One page of an authority's lines, newest first; the last one when `page` is beyond it."""
    authority = await db.get_one(Authority, actor.authority_id)
    asked = readable_lines(actor, wanted, authority.time_zone)
    total, pages, page = await _pages(db, asked, page)
    rows = await db.scalars(
        asked.order_by(AuditEvent.position.desc()).limit(PAGE).offset((page - 1) * PAGE)
    )
    return JournalPage(
        lines=await journal_lines(db, actor, list(rows)), page=page, pages=pages, total=total
    )


async def _pages(db: AsyncSession, asked: Select[Any], page: int) -> tuple[int, int, int]:
    """How many rows and pages there are, and the page to show."""
    total = await db.scalar(asked.with_only_columns(func.count())) or 0
    pages = max(1, -(-total // PAGE))
    return total, pages, min(max(1, page), pages)


async def journal_lines(
    db: AsyncSession, actor: Actor, rows: Sequence[AuditEvent]
) -> list[JournalLine]:
    """Rows of the authority with their payloads opened and their people named."""
    payloads = await salted_payloads(db, AuditPayload, [row.id for row in rows])
    said = {row.id: said_in(payloads.get(row.id)) for row in rows}
    concerned = {row.id: _people(row, said[row.id]) for row in rows}
    names = await _names(db, actor, set().union(*concerned.values()))
    return [
        JournalLine(
            position=row.position,
            at=row.at,
            event=row.event,
            who=names.get(row.member_id, "") if row.member_id else "",
            subject_id=row.subject_id,
            details=said[row.id],
            names={str(one): names[one] for one in concerned[row.id] if one in names},
            is_erased=bool(row.digest) and not payloads.get(row.id),
        )
        for row in rows
    ]


def _people(row: AuditEvent, said: dict[str, Any]) -> set[UUID]:
    """Ids that may be members': who did it, to whom, and those in the details."""
    found = {one for one in (row.member_id, row.subject_id) if one is not None}
    for name in _WITH_MEMBERS:
        try:
            found.add(UUID(str(said.get(name, ""))))
        except ValueError:
            continue
    return found


async def _names(db: AsyncSession, actor: Actor, members: set[UUID]) -> dict[UUID, str]:
    rows = await db.execute(readable_members(actor).where(Member.id.in_(members)))
    return {row[0].id: f"{row.first_name} {row.last_name}".strip() for row in rows}


def verdict_shape(verdict: Verdict, now: datetime) -> JournalVerdict:
    """A verification's result for the page of an authority."""
    broken = verdict.broken
    return JournalVerdict(
        verified_at=now,
        lines=verdict.lines,
        erased=verdict.erased,
        broken=JournalBreak(position=broken.position, reason=broken.reason) if broken else None,
        signed_to=verdict.signed_to,
        signed_at=_instant(verdict.signed_at) if verdict.signed_at else None,
        gaps=[
            JournalGap(first=gap.first, last=gap.last, at=_instant(gap.at)) for gap in verdict.gaps
        ],
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


async def activity_page(db: AsyncSession, person: Person, page: int) -> Activity:
    """One page of what was done to one's own account, newest first."""
    asked = readable_activity(person)
    _, pages, page = await _pages(db, asked, page)
    found = await db.scalars(
        asked.order_by(HostEvent.position.desc()).limit(PAGE).offset((page - 1) * PAGE)
    )
    rows = list(found)
    payloads = await salted_payloads(db, HostPayload, [row.id for row in rows])
    devices = await db.execute(
        select(Device.id, Device.name).where(
            Device.account_id == person.account_id,
            Device.id.in_([row.device_id for row in rows if row.device_id]),
        )
    )
    names: dict[UUID | None, str] = {row.id: row.name for row in devices}
    return Activity(
        lines=[
            ActivityLine(
                at=row.at,
                event=row.event,
                device=names.get(row.device_id, ""),
                details=said_in(payloads.get(row.id)),
            )
            for row in rows
        ],
        page=page,
        pages=pages,
    )
