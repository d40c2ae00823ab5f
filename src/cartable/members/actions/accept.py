"""Accepting an invitation: the address is proven, a way in is chosen, the authority opens."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts import tickets
from cartable.accounts.access import is_owned
from cartable.accounts.actions import challenges, open_session, sign_out_devices
from cartable.accounts.actions.enter import second_steps
from cartable.accounts.actions.passkeys import forget_ways_in
from cartable.accounts.notices import tell_change
from cartable.accounts.passwords import hash_password
from cartable.accounts.rules import SecondStepNeeded, check_new_password
from cartable.accounts.tables import Account, Device
from cartable.actor import Actor, Person
from cartable.audit.actions import record, record_for_account, record_for_authority
from cartable.authorities.actions import authority_write
from cartable.database import end
from cartable.members.actions.alone import account_alone
from cartable.members.actions.invite import Opened, check_person, read_invitation
from cartable.members.tables import Member


@dataclass(frozen=True)
class Accepted:
    """Who accepted. `device` and `token`: the session that was opened, unless one was there."""

    account: Account
    authority_id: UUID
    device: Device | None
    token: str


async def accept_invitation(
    db: AsyncSession,
    secret: str,
    password: str | None,
    device_name: str,
    person: Person | None,
    now: datetime,
) -> Accepted:
    """Accept. Without a password, a passkey is added next, from the session that opens here.

    A renewal signs every other device out. It stands for the password, never for the second step.

    Raises:
        TicketUnknown, TicketUsed, TicketCancelled, TicketExpired, MembershipEnded
        NotSignedIn, InvitationOfAnother: the person has a way in, and did not come by it.
        PasswordTooShort, PasswordTooCommon
        SecondStepNeeded: renewed; the account's passkey or a code opens the session.
    """
    opened = await read_invitation(db, secret, now)
    check_person(opened, person)
    hashed = None
    if password is not None and not opened.must_sign_in:
        account = opened.account
        about = (account.first_name, account.last_name, account.email.split("@")[0])
        check_new_password(password, None, about)
        hashed = await hash_password(password)
    seq = await authority_write(db, opened.authority.id)
    opened = await read_invitation(db, secret, now)
    await account_alone(db, opened.account.id)
    check_person(opened, person)
    await tickets.use(db, opened.ticket, now)
    return await _let_in(db, opened, person, hashed, device_name, seq, now)


async def _renew(
    db: AsyncSession, opened: Opened, seq: int, with_password: bool, now: datetime
) -> None:
    """Whoever reads somebody's mail must not pass the step that comes after a password."""
    account, member = opened.account, opened.member
    await sign_out_devices(db, account.id, now)
    if with_password:
        await record_for_account(db, account.id, None, "account.password_renewed")
        await tell_change(db, account.id, "password_changed", now)
    ways = await second_steps(db, account.id)
    if not ways:
        return
    challenge = await challenges.ask(db, "second_step", now, account_id=account.id)
    member.seq = member.access_seq = seq
    record_for_authority(db, member.authority_id, seq, "member.way_in_renewed", member.id)
    await end(db, commit=True)
    raise SecondStepNeeded(challenge=challenge, ways=ways)


async def _let_in(
    db: AsyncSession,
    opened: Opened,
    person: Person | None,
    hashed: str | None,
    device_name: str,
    seq: int,
    now: datetime,
) -> Accepted:
    account, member = opened.account, opened.member
    if not is_owned(account):
        # Nobody had proven the address: whoever came in so far did by a provider of some authority.
        await forget_ways_in(db, account.id, now)
    account.email_verified_at = account.email_verified_at or now
    if hashed is not None:
        account.password_hash = hashed
    if opened.ticket.is_renewal:
        await tickets.cancel_renewals(db, account.id, now)
        await _renew(db, opened, seq, hashed is not None, now)
    device, token = None, ""
    if not opened.must_sign_in:
        device, token = await open_session(db, account, device_name, "invitation", now)
    device_id = device.id if device else person.device_id if person else None
    if device_id is None:
        raise RuntimeError("somebody accepts from a device")
    await _open_authority(db, member, device_id, seq, now)
    return Accepted(account, member.authority_id, device, token)


async def accept_by_provider(
    db: AsyncSession, member: Member, device_id: UUID, seq: int, now: datetime
) -> None:
    """An invited member came by a provider that their authority trusts: what waits for them in
    their mailbox opens nothing more."""
    await tickets.cancel(db, member.account_id, "invitation", member.authority_id, now)
    await _open_authority(db, member, device_id, seq, now)


async def _open_authority(
    db: AsyncSession, member: Member, device_id: UUID, seq: int, now: datetime
) -> None:
    is_new = member.accepted_at is None
    # They were given while they opened less.
    await tickets.cancel_entries(db, [member.account_id], now)
    member.accepted_at = member.accepted_at or now
    member.seq = member.access_seq = seq
    actor = Actor(
        member.authority_id, member.id, member.account_id, device_id, frozenset(member.roles)
    )
    event = "member.invitation_accepted" if is_new else "member.way_in_renewed"
    record(db, actor, seq, event, member.id)
    await db.flush()
