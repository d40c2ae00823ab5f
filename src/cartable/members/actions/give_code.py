"""A clerk gives a councillor with a new tablet a code, a few minutes before the sitting."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts import tickets
from cartable.accounts.actions.codes import has_codes
from cartable.accounts.tables import Account
from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.members.access import DESK, member_of
from cartable.members.actions.alone import belongs_elsewhere
from cartable.members.actions.enter import enter
from cartable.members.rules import (
    AccountShared,
    CodeNotForThem,
    CodesAreOn,
    MembershipEnded,
    NotAcceptedYet,
)
from cartable.members.tables import Member
from cartable.sealing import Key


async def give_code(
    db: AsyncSession, actor: Actor, master: Key, member_id: UUID, now: datetime
) -> tickets.Issued:
    """A code that opens the member's session once, within 15 minutes; the one before is cancelled.

    It stands in the journal, and the member is told of the device that it opens.

    Raises:
        NotFound, and what `check_may_have_code` refuses
    """
    seq = await enter(db, actor, "clerk")
    member = await member_of(db, actor, member_id)
    await check_may_have_code(db, member)
    issued = await tickets.issue(
        db, master, "clerk_code", member.account_id, now, for_authority=actor.authority_id
    )
    record(db, actor, seq, "member.code_given", member.id)
    await db.flush()
    return issued


async def check_may_have_code(db: AsyncSession, member: Member) -> None:
    """Refuse those for whom a clerk's code would open too much: when it is given, and when it is
    typed.

    Raises:
        MembershipEnded, NotAcceptedYet
        CodeNotForThem: clerks, administrators, who runs the host: a clerk must not become another.
        AccountShared: the code would open papers of other authorities.
        CodesAreOn: the person asked for more than a password; less must not do.
    """
    if member.deactivated_at is not None:
        raise MembershipEnded
    if member.accepted_at is None:
        raise NotAcceptedYet
    account = await db.get_one(Account, member.account_id, populate_existing=True)
    if account.is_operator or not DESK.isdisjoint(member.roles):
        raise CodeNotForThem
    if await belongs_elsewhere(db, member):
        raise AccountShared
    if await has_codes(db, member.account_id):
        raise CodesAreOn
