"""Somebody who lost every way in, and whom no administrator can help: the last resort."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts import tickets
from cartable.accounts.actions.passkeys import forget_ways_in
from cartable.accounts.notices import tell_change
from cartable.accounts.tables import Account
from cartable.audit.actions import record_for_account, record_for_authority
from cartable.authorities.actions import authority_write
from cartable.database import begin_write
from cartable.errors import NotFound
from cartable.members.actions.invite import invite
from cartable.members.tables import Member
from cartable.sealing import Key
from cartable.tenancy import across_authorities


async def reset_ways_in(db: AsyncSession, master: Key, email: str, now: datetime) -> str | None:
    """Forget the passkeys, codes and sessions of an account. At the terminal of the server only.

    Gives a link that opens the account once and lets its person choose another way in; None when
    they belong to no authority: the password is what is left.

    Raises:
        NotFound: nobody signs in with this address.
    """
    await begin_write(db)
    account = await db.scalar(select(Account).where(Account.email == email.strip().lower()))
    if account is None:
        raise NotFound
    link = await _renewal(db, master, account, now)
    await forget_ways_in(db, account.id, now)
    await tickets.cancel_entries(db, [account.id], now)
    await record_for_account(db, account.id, None, "account.ways_in_reset")
    await tell_change(db, account.id, "ways_in_reset", now)
    return link


async def _renewal(db: AsyncSession, master: Key, account: Account, now: datetime) -> str | None:
    mine = select(Member.authority_id).where(
        Member.account_id == account.id,
        Member.accepted_at.is_not(None),
        Member.deactivated_at.is_(None),
    )
    async with across_authorities(db, "memberships", account.id):
        authority_id = await db.scalar(mine.order_by(Member.accepted_at).limit(1))
    if authority_id is None:
        return None
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
