"""Who leads a political group."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.members.access import group_of, member_of
from cartable.members.actions.enter import enter
from cartable.members.rules import LeaderOfAnotherGroup
from cartable.members.tables import Group, GroupLeader, Member


async def set_leaders(db: AsyncSession, actor: Actor, group_id: UUID, members: list[UUID]) -> Group:
    """Say who leads a group; several may, an empty list says nobody.

    Raises:
        NotFound, LeaderOfAnotherGroup
    """
    seq = await enter(db, actor, "admin")
    group = await group_of(db, actor, group_id)
    chosen = [await member_of(db, actor, member_id) for member_id in dict.fromkeys(members)]
    for member in chosen:
        if member.group_id != group.id:
            raise LeaderOfAnotherGroup(member_id=str(member.id))
    await db.execute(delete(GroupLeader).where(GroupLeader.group_id == group.id))
    db.add_all(
        GroupLeader(group_id=group.id, member_id=member.id, authority_id=actor.authority_id)
        for member in chosen
    )
    record(db, actor, seq, "group.leaders_set", group.id, count=len(chosen))
    await db.flush()
    return group


async def leave_lead(db: AsyncSession, member: Member) -> None:
    """Who leaves a group leads it no longer, in the caller's deed."""
    await db.execute(delete(GroupLeader).where(GroupLeader.member_id == member.id))
