"""Somebody who lost every way in, and whom no administrator can help: the last resort."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts import tickets
from cartable.accounts.actions.passkeys import forget_ways_in
from cartable.accounts.notices import tell_change
from cartable.accounts.rules import LastWayIn
from cartable.accounts.tables import Account
from cartable.audit.actions import record_for_account, record_for_authority
from cartable.authorities.actions import authority_write
from cartable.authorities.rules import AuthoritySuspended
from cartable.authorities.tables import Authority
from cartable.connections.tables import Identity
from cartable.database import begin_write
from cartable.errors import NotFound
from cartable.members.actions.invite import invite
from cartable.members.tables import Member
from cartable.sealing import Key
from cartable.tenancy import across_authorities


async def reset_ways_in(db: AsyncSession, master: Key, email: str, now: datetime) -> str | None:
    """Forget the passkeys, codes, linked providers and sessions of an account, and the links that
    wait. At the terminal of the server only.

    Gives a link that opens the account once and lets its person choose another way in; None when
    they belong to no authority: the password is what is left. What is refused erases nothing.

    Raises:
        NotFound: nobody signs in with this address.
        AuthoritySuspended: of all those they belong to: a link would open none.
        LastWayIn: they belong to none, and have no password.
    """
    await begin_write(db)
    account = await db.scalar(select(Account).where(Account.email == email.strip().lower()))
    if account is None:
        raise NotFound
    authority_id = await _opened_by_link(db, account.id)
    if authority_id is None and account.password_hash is None:
        raise LastWayIn
    # Those of other authorities would open more from now on: no second step stops them.
    await tickets.cancel_renewals(db, account.id, now)
    link = await _renewal(db, master, account, authority_id, now) if authority_id else None
    await forget_ways_in(db, account.id, now)
    await db.execute(delete(Identity).where(Identity.account_id == account.id))
    await tickets.cancel_entries(db, [account.id], now)
    await record_for_account(db, account.id, None, "account.ways_in_reset")
    await tell_change(db, account.id, "ways_in_reset", now)
    return link


async def _opened_by_link(db: AsyncSession, account_id: UUID) -> UUID | None:
    """The authority that a link would lead to: of those that are open, the first that let them in.

    Raises:
        AuthoritySuspended: none of theirs is open.
    """
    mine = (
        select(Authority.id, Authority.suspended_at, Authority.suspension_reason)
        .join(Member, Member.authority_id == Authority.id)
        .where(
            Member.account_id == account_id,
            Member.accepted_at.is_not(None),
            Member.deactivated_at.is_(None),
        )
        .order_by(Member.accepted_at)
    )
    async with across_authorities(db, "memberships", account_id):
        theirs = (await db.execute(mine)).all()
    opened = next((one.id for one in theirs if one.suspended_at is None), None)
    if theirs and opened is None:
        raise AuthoritySuspended(reason=theirs[0].suspension_reason)
    return opened


async def _renewal(
    db: AsyncSession, master: Key, account: Account, authority_id: UUID, now: datetime
) -> str:
    seq = await authority_write(db, authority_id)
    member = (
        await db.scalars(
            select(Member).where(
                Member.authority_id == authority_id, Member.account_id == account.id
            )
        )
    ).one()
    link = await invite(db, master, member, now, by_mail=False)
    member.seq = seq
    record_for_authority(db, authority_id, seq, "member.invited", member.id)
    return link
