"""The end of private notes, after the end of a mandate: told three times, then purged.

What is purged leaves the tablets by tombstones, and is erased for good 30 days later with what its
author deleted (`sync.actions.erase_deleted`).
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.tables import Account
from cartable.annotations.access import pieces_annotated_by
from cartable.annotations.actions import purge_annotations
from cartable.audit.actions import record_for_authority
from cartable.authorities.access import settings_of
from cartable.authorities.actions import authority_write, hold
from cartable.authorities.tables import Authority
from cartable.mail.actions.write import send_mail
from cartable.mail.french import day
from cartable.members.tables import Member, Seat
from cartable.mutations.access import kept_parked
from cartable.mutations.actions import discard_all_parked
from cartable.personal import letters
from cartable.personal.access import Membership
from cartable.personal.rules import (
    LAST_WARNING,
    Mandate,
    mandate_end,
    may_purge,
    purge_day,
    warnings_due,
)
from cartable.personal.tables import Erasure, NotesEnd
from cartable.readings.access import kept_readings
from cartable.readings.actions import purge_readings
from cartable.runtime import Runtime
from cartable.votes.access import kept_intentions
from cartable.votes.actions import purge_intentions

_PURGES = (purge_annotations, purge_intentions, purge_readings, discard_all_parked)


async def end_notes(runtime: Runtime, authority: Authority, now: datetime) -> int:
    """The night of one authority: see whose mandate ended, tell them, purge what is due; how many
    members' notes were purged."""
    async with runtime.writing(authority.id) as db:
        await hold(db, authority.id)
        due = await _look(db, authority, now)
    for one in due:
        await purge_notes(runtime, one, now)
        await _mark_purged(runtime, one, now)
    return len(due)


async def _mark_purged(runtime: Runtime, one: Membership, now: datetime) -> None:
    async with runtime.writing(one.authority_id) as db:
        await hold(db, one.authority_id)
        ended = await db.get_one(NotesEnd, one.member_id)
        # What a tablet brought late was purged again: nothing more to tell.
        if ended.purged_at is None:
            ended.purged_at = now
            seq = await authority_write(db, one.authority_id)
            record_for_authority(db, one.authority_id, seq, "member.notes_purged", one.member_id)


async def _look(db: AsyncSession, authority: Authority, now: datetime) -> list[Membership]:
    """Note mandates that ended or go on, send what must be told; whose notes are to be purged."""
    zone = ZoneInfo(authority.time_zone)
    today = now.astimezone(zone).date()
    kept = (await settings_of(db, authority.id)).notes_kept_days
    known = {
        row.member_id: row
        for row in await db.scalars(select(NotesEnd).where(NotesEnd.authority_id == authority.id))
    }
    due: list[Membership] = []
    for member, ended_on in await _mandates(db, authority, today, zone):
        row = known.get(member.id)
        if ended_on is None:
            if row is not None:
                await db.delete(row)
            continue
        one = Membership(authority.id, member.id)
        if row is None:
            if not await keeps_something(db, one):
                continue
            row = NotesEnd(
                member_id=member.id, authority_id=authority.id, ended_on=ended_on, warnings=0
            )
            db.add(row)
        row.ended_on = ended_on
        warned_on = row.warned_at.astimezone(zone).date() if row.warned_at else None
        if may_purge(ended_on, kept, warned_on, row.warnings, today):
            due.append(one)
        elif (told := warnings_due(ended_on, kept, today)) > row.warnings:
            await _warn(db, authority, member, ended_on, max(
                purge_day(ended_on, kept), today + LAST_WARNING
            ))  # fmt: skip
            row.warnings, row.warned_at = told, now
    await db.flush()
    return due


async def _mandates(
    db: AsyncSession, authority: Authority, today: date, zone: ZoneInfo
) -> list[tuple[Member, date | None]]:
    seats: dict[object, list[date | None]] = {}
    for row in await db.execute(
        select(Seat.member_id, Seat.ends_on).where(Seat.authority_id == authority.id)
    ):
        seats.setdefault(row.member_id, []).append(row.ends_on)
    erased = select(Erasure.account_id).where(Erasure.done_at.is_not(None))
    members = await db.scalars(
        select(Member).where(
            Member.authority_id == authority.id,
            Member.accepted_at.is_not(None),
            Member.account_id.not_in(erased),
        )
    )
    found = []
    for member in members:
        ended = member.deactivated_at
        mandate = Mandate(
            member.roles,
            seats.get(member.id, []),
            ended.astimezone(zone).date() if ended else None,
        )
        found.append((member, mandate_end(mandate, today)))
    return found


async def _warn(
    db: AsyncSession, authority: Authority, member: Member, ended_on: date, purged_on: date
) -> None:
    account = await db.get_one(Account, member.account_id)
    letter = letters.notes_end(
        authority.name,
        f"{account.first_name} {account.last_name}",
        day(ended_on),
        day(purged_on),
        f"{db.info['origin']}/compte/donnees",
    )
    await send_mail(
        db, to=account.email, subject=letter.subject, text=letter.text, authority_id=authority.id
    )


async def purge_notes(runtime: Runtime, one: Membership, now: datetime) -> None:
    """Purge all that one member keeps in one authority, 500 rows of a kind a deed."""
    is_left = True
    while is_left:
        async with runtime.writing(one.authority_id) as db:
            await hold(db, one.authority_id)
            # A number given for nothing would wake every tablet each morning.
            is_left = await keeps_something(db, one)
            if is_left:
                seq = await authority_write(db, one.authority_id)
                for purge in _PURGES:
                    await purge(db, one.authority_id, one.member_id, seq, now)


async def keeps_something(db: AsyncSession, one: Membership) -> bool:
    """Whether a member has anything private left in one authority, which `db` is bound to."""
    for kept in (pieces_annotated_by, kept_intentions, kept_readings, kept_parked):
        if (await db.execute(kept(*one).limit(1))).first() is not None:
            return True
    return False


async def forget_end(db: AsyncSession, one: Membership) -> None:
    """Nothing ends any more for somebody whose account is erased."""
    await db.execute(
        delete(NotesEnd).where(
            NotesEnd.authority_id == one.authority_id, NotesEnd.member_id == one.member_id
        )
    )
