"""Whose data: the memberships of one person, open or ended; requests of erasure."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.members.tables import Member
from cartable.personal.tables import Erasure
from cartable.runtime import Runtime
from cartable.tenancy import across_authorities


class Membership(NamedTuple):
    """One authority that a person belongs to, or did."""

    authority_id: UUID
    member_id: UUID


async def memberships_of(db: AsyncSession, account_id: UUID) -> list[Membership]:
    """Every authority whose invitation the person accepted, those that ended included."""
    asked = (
        select(Member.authority_id, Member.id)
        .where(Member.account_id == account_id, Member.accepted_at.is_not(None))
        .order_by(Member.created_at, Member.id)
    )
    async with across_authorities(db, "memberships", account_id):
        return [Membership(row.authority_id, row.id) for row in await db.execute(asked)]


async def is_last_administrator(db: AsyncSession, one: Membership) -> bool:
    """Whether nobody else could administer the authority, which `db` is bound to."""
    active = await db.execute(
        select(Member.id, Member.roles).where(
            Member.authority_id == one.authority_id,
            Member.accepted_at.is_not(None),
            Member.deactivated_at.is_(None),
        )
    )
    return {row.id for row in active if "admin" in row.roles} == {one.member_id}


async def keeps_an_authority(runtime: Runtime, memberships: Iterable[Membership]) -> bool:
    """Whether an authority would be left without an administrator."""
    for one in memberships:
        async with runtime.reading(one.authority_id) as db:
            if await is_last_administrator(db, one):
                return True
    return False


async def pending_erasure(db: AsyncSession, account_id: UUID) -> Erasure | None:
    """The request that waits for one account."""
    return await db.scalar(
        select(Erasure).where(
            Erasure.account_id == account_id,
            Erasure.cancelled_at.is_(None),
            Erasure.done_at.is_(None),
        )
    )


def readable_erasures(actor: Actor) -> Select[Erasure]:
    """The requests that an authority entered on behalf of its members, and those of members who
    asked themselves and did not change their mind; the latest first."""
    members = select(Member.account_id).where(
        Member.authority_id == actor.authority_id, Member.accepted_at.is_not(None)
    )
    theirs = and_(Erasure.account_id.in_(members), Erasure.cancelled_at.is_(None))
    return (
        select(Erasure)
        .where(or_(Erasure.for_authority == actor.authority_id, theirs))
        .order_by(Erasure.asked_at.desc())
    )
