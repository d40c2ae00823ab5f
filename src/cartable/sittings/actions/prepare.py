"""Creating, changing, deleting and archiving sittings."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import UNSET
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit.actions import record, record_for_authority
from cartable.authorities.actions import access_changed, authority_write
from cartable.authorities.tables import Authority
from cartable.database import uuid7
from cartable.members.access import assembly_of
from cartable.members.actions.enter import enter
from cartable.sittings.access import editable_sitting
from cartable.sittings.rules import KEPT_ON_TABLETS, instant_of
from cartable.sittings.shapes import NewSitting, SittingEdit
from cartable.sittings.tables import AgendaItem, Sitting


async def create_sitting(db: AsyncSession, actor: Actor, new: NewSitting) -> Sitting:
    """A draft that clerks alone see.

    Raises:
        NotFound, TimeDoesNotExist
    """
    seq = await enter(db, actor, "clerk")
    assembly = await assembly_of(db, actor, new.assembly_id)
    sitting = Sitting(
        id=uuid7(),
        authority_id=actor.authority_id,
        seq=seq,
        assembly_id=assembly.id,
        place=new.place.strip(),
        state="draft",
    )
    await _set_time(db, sitting, new.starts_at)
    db.add(sitting)
    record(db, actor, seq, "sitting.created", sitting.id, day=sitting.day.isoformat())
    await db.flush()
    return sitting


async def edit_sitting(
    db: AsyncSession, actor: Actor, sitting_id: UUID, edit: SittingEdit
) -> Sitting:
    """Change the assembly, time or place of a draft.

    Raises:
        NotFound, SittingAlreadyConvened, TimeDoesNotExist
    """
    seq = await enter(db, actor, "clerk")
    sitting = await editable_sitting(db, actor, sitting_id, draft=True)
    if edit.assembly_id is not UNSET:
        sitting.assembly_id = (await assembly_of(db, actor, edit.assembly_id)).id
    if edit.starts_at is not UNSET:
        await _set_time(db, sitting, edit.starts_at)
    if edit.place is not UNSET:
        sitting.place = edit.place.strip()
    sitting.seq = seq
    record(db, actor, seq, "sitting.edited", sitting.id, day=sitting.day.isoformat())
    await db.flush()
    return sitting


async def delete_sitting(db: AsyncSession, actor: Actor, sitting_id: UUID, now: datetime) -> None:
    """Remove a draft with its agenda.

    Raises:
        NotFound, SittingAlreadyConvened
    """
    seq = await enter(db, actor, "clerk")
    sitting = await editable_sitting(db, actor, sitting_id, draft=True)
    sitting.deleted_at, sitting.seq = now, seq
    await db.execute(
        update(AgendaItem)
        .where(AgendaItem.sitting_id == sitting.id, AgendaItem.deleted_at.is_(None))
        .values(deleted_at=now, seq=seq)
    )
    # Items and pieces leave the view of clerks with their sitting.
    await access_changed(db, actor.authority_id, seq)
    record(db, actor, seq, "sitting.deleted", sitting.id, day=sitting.day.isoformat())
    await db.flush()


async def archive_sittings(db: AsyncSession, authority_id: UUID, now: datetime) -> int:
    """Take sittings held more than 18 months ago off the tablets; how many.

    Nothing becomes unreadable by time alone: this nightly deed does it, and numbers it.
    """
    old = (
        Sitting.authority_id == authority_id,
        Sitting.state == "convened",
        Sitting.archived_at.is_(None),
        Sitting.starts_at < now - KEPT_ON_TABLETS,
    )
    if await db.scalar(select(Sitting.id).where(*old).limit(1)) is None:
        return 0
    seq = await authority_write(db, authority_id)
    done = await db.scalars(
        update(Sitting).where(*old).values(archived_at=now, seq=seq).returning(Sitting.id)
    )
    await access_changed(db, authority_id, seq)
    count = len(done.all())
    record_for_authority(db, authority_id, seq, "sittings.archived", count=count)
    return count


async def _set_time(db: AsyncSession, sitting: Sitting, local: str) -> None:
    authority = await db.get_one(Authority, sitting.authority_id)
    sitting.starts_at = instant_of(local, authority.time_zone)
    sitting.day = sitting.starts_at.astimezone(ZoneInfo(authority.time_zone)).date()
