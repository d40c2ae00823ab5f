"""Inviting a member by e-mail, and accepting: until then nothing of the authority is readable.

The link goes to the address and to nobody else, so opening it proves the address. Who has a way in
already accepts while signed in (DECISIONS, 24).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts import tickets
from cartable.accounts.access import is_owned
from cartable.accounts.tables import Account, Ticket
from cartable.actor import Actor, Person
from cartable.audit.actions import record
from cartable.authorities.rules import AuthoritySuspended
from cartable.authorities.tables import Authority
from cartable.errors import NotSignedIn
from cartable.mail.actions import send_mail
from cartable.mail.french import moment
from cartable.members import letters
from cartable.members.access import member_of
from cartable.members.actions.alone import belongs_elsewhere
from cartable.members.actions.enter import enter
from cartable.members.rules import (
    AccountShared,
    AlreadyAccepted,
    InvitationOfAnother,
    MembershipEnded,
)
from cartable.members.tables import Member
from cartable.sealing import Key
from cartable.tenancy import bind


async def invite(
    db: AsyncSession, master: Key, member: Member, now: datetime, *, by_mail: bool = True
) -> str:
    """A fresh invitation of a member, in the caller's deed; its link. Older ones are cancelled."""
    account = await db.get_one(Account, member.account_id)
    is_renewal = member.accepted_at is not None
    issued = await tickets.issue(
        db,
        master,
        "invitation",
        account.id,
        now,
        for_authority=member.authority_id,
        is_renewal=is_renewal,
    )
    link = f"{db.info['origin']}/invitation#{issued.secret}"
    if by_mail:
        authority = await db.get_one(Authority, member.authority_id)
        until = moment(issued.expires_at, authority.time_zone)
        name = f"{account.first_name} {account.last_name}"
        written = (
            letters.renewal(authority.name, name, link, until)
            if is_renewal
            else letters.invitation(
                authority.name, name, link, until, is_first=not is_owned(account)
            )
        )
        await send_mail(
            db,
            to=account.email,
            subject=written.subject,
            text=written.text,
            authority_id=authority.id,
            until=issued.expires_at,
        )
    member.invited_at = now
    await db.flush()
    return link


async def send_invitation(
    db: AsyncSession, actor: Actor, master: Key, member_id: UUID, now: datetime
) -> Member:
    """Send an invitation again; to somebody who accepted one, a link to choose another password.

    Raises:
        NotFound, MembershipEnded
        AccountShared: nothing proves the address of somebody whom other authorities let in too.
    """
    seq = await enter(db, actor, "admin")
    member = await member_of(db, actor, member_id)
    if member.deactivated_at is not None:
        raise MembershipEnded
    if member.accepted_at is not None:
        account = await db.get_one(Account, member.account_id)
        if account.email_verified_at is None and await belongs_elsewhere(db, member):
            raise AccountShared
    await invite(db, master, member, now)
    member.seq = seq
    record(db, actor, seq, "member.invited", member.id)
    return member


async def cancel_invitation(
    db: AsyncSession, actor: Actor, member_id: UUID, now: datetime
) -> Member:
    """Take an invitation, or a link to choose another password, back: it opens nothing any more.

    Raises:
        NotFound
        AlreadyAccepted: nothing waits.
    """
    seq = await enter(db, actor, "admin")
    member = await member_of(db, actor, member_id)
    if member.accepted_at is None:
        await close_invitations(db, member, now)
    elif not await tickets.cancel_renewals(db, member.account_id, now, member.authority_id):
        raise AlreadyAccepted
    member.seq = seq
    record(db, actor, seq, "member.invitation_cancelled", member.id)
    await db.flush()
    return member


async def close_invitations(db: AsyncSession, member: Member, now: datetime) -> None:
    """Cancel what waits for a member, in the caller's deed."""
    await tickets.cancel(db, member.account_id, "invitation", member.authority_id, now)
    if member.accepted_at is None:
        member.invited_at = None
    else:
        await tickets.cancel_entries(db, [member.account_id], now)


@dataclass(frozen=True)
class Opened:
    """An invitation that may still be accepted. `must_sign_in`: its person has a way in already."""

    ticket: Ticket
    account: Account
    authority: Authority
    member: Member
    must_sign_in: bool


async def read_invitation(db: AsyncSession, secret: str, now: datetime) -> Opened:
    """What a link invites to; nothing changes.

    Raises:
        TicketUnknown, TicketUsed, TicketCancelled, TicketExpired
        MembershipEnded: they were removed since.
        AuthoritySuspended
    """
    ticket = await tickets.by_secret(db, "invitation", secret, now)
    if ticket.for_authority is None:
        raise RuntimeError("an invitation leads to an authority")
    await bind(db, ticket.for_authority)
    account = await db.get_one(Account, ticket.account_id, populate_existing=True)
    member = (
        await db.scalars(
            select(Member)
            .where(
                Member.authority_id == ticket.for_authority, Member.account_id == ticket.account_id
            )
            .execution_options(populate_existing=True)
        )
    ).one()
    if member.deactivated_at is not None:
        raise MembershipEnded
    authority = await db.get_one(Authority, ticket.for_authority, populate_existing=True)
    if authority.suspended_at is not None:
        raise AuthoritySuspended(reason=authority.suspension_reason)
    must_sign_in = is_owned(account) and not ticket.is_renewal
    return Opened(ticket, account, authority, member, must_sign_in)


def check_person(opened: Opened, person: Person | None) -> None:
    """Who has a way in accepts by it: a link read by somebody else opens nothing.

    Raises:
        NotSignedIn, InvitationOfAnother
    """
    if not opened.must_sign_in:
        return
    if person is None or person.is_signed_out:
        raise NotSignedIn
    if person.account_id != opened.account.id:
        raise InvitationOfAnother
