"""What depends on all the memberships of a person: decided by one deed at a time.

Authorities do not hold one another's lock, so the account itself is locked.
"""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.tables import Account
from cartable.members.tables import Member
from cartable.tenancy import across_authorities

Row = TypeVar("Row", Account, UUID)


def alone(accounts: Select[Row]) -> Select[Row]:
    """The accounts, locked until the end of the transaction."""
    return accounts.with_for_update(key_share=True)


async def account_alone(db: AsyncSession, account_id: UUID) -> None:
    """Lock an account."""
    await accounts_alone(db, Account.id == account_id)


async def accounts_alone(db: AsyncSession, which: ColumnElement[bool]) -> None:
    """Lock several, always in the same order: of two authorities that change the same people at
    once, one waits. A deed on many people locks them all before it changes the first."""
    await db.execute(alone(select(Account.id).where(which).order_by(Account.id)))


async def belongs_elsewhere(db: AsyncSession, member: Member, *, or_did: bool = False) -> bool:
    """Whether the person is an active member of another authority too (or once was).

    An invitation that was not accepted is nothing yet: whoever sends one must not bind others.
    """
    await account_alone(db, member.account_id)
    others = select(Member.id).where(
        Member.account_id == member.account_id,
        Member.id != member.id,
        Member.accepted_at.is_not(None),
    )
    if not or_did:
        others = others.where(Member.deactivated_at.is_(None))
    async with across_authorities(db, "memberships", member.account_id):
        return await db.scalar(others.limit(1)) is not None


async def opens_nothing_else(db: AsyncSession, member: Member) -> bool:
    """Whether a session of the account was for this membership alone.

    Never before the invitation is accepted, nor of who runs the host: whoever invites an address
    must not be able to sign it out.
    """
    if member.accepted_at is None or await belongs_elsewhere(db, member):
        return False
    account = await db.get_one(Account, member.account_id, populate_existing=True)
    return not account.is_operator
