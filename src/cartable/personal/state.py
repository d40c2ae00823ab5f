"""What is under way about one's own data."""

from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor, Person
from cartable.authorities.access import settings_of
from cartable.authorities.tables import Authority
from cartable.members.access import readable_members
from cartable.personal.access import (
    Membership,
    keeps_an_authority,
    memberships_of,
    pending_erasure,
    readable_erasures,
)
from cartable.personal.rules import GRACE, LAST_WARNING, purge_day
from cartable.personal.shapes import Erasure, ErasureState, NotesEnding, PersonalData
from cartable.personal.tables import NotesEnd
from cartable.runtime import Runtime


async def personal_data(db: AsyncSession, runtime: Runtime, person: Person) -> PersonalData:
    """Of one person, in all their authorities."""
    memberships = await memberships_of(db, person.account_id)
    asked = await pending_erasure(db, person.account_id)
    endings = [await _ending(runtime, one) for one in memberships]
    return PersonalData(
        erasure=ErasureState(asked_at=asked.asked_at, due_at=asked.due_at) if asked else None,
        last_administrator=await keeps_an_authority(runtime, memberships),
        grace_days=GRACE.days,
        endings=[one for one in endings if one],
    )


async def _ending(runtime: Runtime, one: Membership) -> NotesEnding | None:
    async with runtime.reading(one.authority_id) as db:
        row = await db.get(NotesEnd, one.member_id)
        if row is None:
            return None
        authority = await db.get_one(Authority, one.authority_id)
        day = purge_day(row.ended_on, (await settings_of(db, one.authority_id)).notes_kept_days)
        if row.warned_at is not None:
            told = row.warned_at.astimezone(ZoneInfo(authority.time_zone)).date()
            day = max(day, told + LAST_WARNING)
        if row.purged_at is not None:
            day = row.purged_at.astimezone(ZoneInfo(authority.time_zone)).date()
        return NotesEnding(
            authority_name=authority.name,
            ended_on=row.ended_on,
            purged_on=day,
            is_purged=row.purged_at is not None,
        )


async def erasures_of(db: AsyncSession, actor: Actor) -> list[Erasure]:
    """The requests that concern the members of an authority, named while they have a name."""
    members = {
        row[0].account_id: (row[0].id, f"{row.first_name} {row.last_name}".strip())
        for row in await db.execute(readable_members(actor))
    }
    found = []
    for row in await db.scalars(readable_erasures(actor)):
        member_id, name = members.get(row.account_id, (row.for_member, ""))
        if member_id is None:
            continue
        found.append(
            Erasure(
                id=row.id,
                member_id=member_id,
                name=name,
                is_own=row.for_authority != actor.authority_id,
                asked_at=row.asked_at,
                due_at=row.due_at,
                cancelled_at=row.cancelled_at,
                done_at=row.done_at,
            )
        )
    return found
