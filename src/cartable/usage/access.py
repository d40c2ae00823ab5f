"""Counting what an authority holds, for its administrators."""

from datetime import datetime, timedelta

from sqlalchemy import Select, and_, distinct, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.tables import Device
from cartable.actor import Actor
from cartable.attendance.tables import AttendanceAnswer
from cartable.authorities.tables import Authority
from cartable.documents.tables import Document, DocumentVersion
from cartable.members.tables import Assembly, Member
from cartable.sittings.tables import Recipient, Sitting
from cartable.usage.rules import SMALLEST_GROUP, told
from cartable.usage.shapes import Measure, MeasureName, SittingAnswers, Usage

_SEEN_WITHIN = timedelta(days=30)
_SITTINGS = 50


async def usage_of(db: AsyncSession, actor: Actor, now: datetime) -> Usage:
    """Every count of the actor's authority, the latest sittings first."""
    authority = await db.get_one(Authority, actor.authority_id)
    people = await _people(db, actor, now)
    papers = await _papers(db, actor)
    return Usage(
        measures=[Measure(measure=name, count=count) for name, count in (people | papers).items()],
        sittings=await _answers(db, actor),
        smallest_group=SMALLEST_GROUP,
        time_zone=authority.time_zone,
    )


async def _people(db: AsyncSession, actor: Actor, now: datetime) -> dict[MeasureName, int | None]:
    open_ = (Member.authority_id == actor.authority_id, Member.deactivated_at.is_(None))
    members = select(func.count(Member.id)).where(*open_)
    has_device = exists().where(Device.account_id == Member.account_id)
    active = await _count(db, members)
    seen = await _count(
        db, members.where(has_device.where(Device.last_seen_at > now - _SEEN_WITHIN))
    )
    connected = (
        select(func.count(Device.id))
        .join(Member, Member.account_id == Device.account_id)
        .where(*open_, Device.signed_out_at.is_(None))
    )
    waiting = members.where(Member.accepted_at.is_(None), Member.invited_at.is_not(None))
    entered = members.where(Member.accepted_at.is_not(None))
    return {
        "members_active": active,
        "members_invited": await _count(db, waiting),
        "members_entered": await _count(db, entered),
        "members_seen": told(seen, active),
        "devices": told(await _count(db, connected), active),
    }


async def _papers(db: AsyncSession, actor: Actor) -> dict[MeasureName, int | None]:
    sittings = select(func.count(Sitting.id)).where(
        Sitting.authority_id == actor.authority_id, Sitting.deleted_at.is_(None)
    )
    documents = select(func.count(Document.id)).where(
        Document.authority_id == actor.authority_id, Document.deleted_at.is_(None)
    )
    versions = DocumentVersion.authority_id == actor.authority_id
    octets = await _count(db, select(func.sum(DocumentVersion.size)).where(versions))
    return {
        "sittings_draft": await _count(db, sittings.where(Sitting.state == "draft")),
        "sittings_convened": await _count(db, sittings.where(Sitting.state == "convened")),
        "documents": await _count(db, documents),
        "versions": await _count(db, select(func.count(DocumentVersion.id)).where(versions)),
        "megabytes": round(octets / 1_000_000),
    }


async def _answers(db: AsyncSession, actor: Actor) -> list[SittingAnswers]:
    rows = await db.execute(
        select(
            Sitting.id,
            Assembly.name,
            Sitting.starts_at,
            func.count(distinct(Recipient.member_id)).label("called"),
            func.count(distinct(AttendanceAnswer.member_id)).label("answered"),
        )
        .join(Assembly, Assembly.id == Sitting.assembly_id)
        .join(Recipient, Recipient.sitting_id == Sitting.id)
        .outerjoin(
            AttendanceAnswer,
            and_(
                AttendanceAnswer.sitting_id == Sitting.id,
                AttendanceAnswer.member_id == Recipient.member_id,
            ),
        )
        .where(
            Sitting.authority_id == actor.authority_id,
            Sitting.state == "convened",
            Sitting.deleted_at.is_(None),
        )
        .group_by(Sitting.id, Assembly.name, Sitting.starts_at)
        .order_by(Sitting.starts_at.desc(), Sitting.id)
        .limit(_SITTINGS)
    )
    return [
        SittingAnswers(
            sitting_id=row.id,
            assembly=row.name,
            starts_at=row.starts_at,
            called=row.called,
            answered=told(row.answered, row.called),
        )
        for row in rows
    ]


async def _count(db: AsyncSession, counted: Select[int]) -> int:
    return int(await db.scalar(counted) or 0)
