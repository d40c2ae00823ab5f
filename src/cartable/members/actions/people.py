"""Letting people in and out of an authority."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from msgspec import UNSET
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable import revocations
from cartable.accounts.actions import create_account, sign_out_devices
from cartable.accounts.tables import Account
from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.database import uuid7
from cartable.members.access import group_of, member_of
from cartable.members.actions.alone import alone, belongs_elsewhere, opens_nothing_else
from cartable.members.actions.contacts import checked_phone
from cartable.members.actions.enter import enter
from cartable.members.actions.invite import close_invitations, invite
from cartable.members.actions.leaders import leave_lead
from cartable.members.actions.room import check_room_for_members
from cartable.members.actions.seats import place_seat
from cartable.members.rules import (
    AccountShared,
    LastAdministrator,
    MemberAlreadyThere,
    check_email,
)
from cartable.members.shapes import MemberEdit, NewMember
from cartable.members.tables import Member
from cartable.sealing import Key


async def add_member(
    db: AsyncSession,
    actor: Actor,
    master: Key,
    new: NewMember,
    now: datetime,
    *,
    is_in: bool = False,
) -> Member:
    """Invite a person, with roles and seats: they read nothing until they accept.

    Somebody who already signs in to this server keeps their ways in and their name. `is_in`: there
    is nobody to ask, as in a demonstration.

    Raises:
        InvalidEmail, MemberAlreadyThere, NotFound (group, assembly), SeatOverlaps
    """
    email = check_email(new.email)
    seq = await enter(db, actor, "admin")
    account = await account_for(db, master, new, email, now)
    member = await enrol(db, actor, seq, account, new, now)
    if is_in:
        member.accepted_at = now
    else:
        await invite(db, master, member, now)
    record(db, actor, seq, "member.added", member.id, roles=member.roles)
    return member


async def account_for(
    db: AsyncSession, master: Key, new: NewMember, email: str, now: datetime
) -> Account:
    """The account of an address, made without a way in when absent, in the caller's transaction."""
    account = await db.scalar(alone(select(Account).where(Account.email == email)))
    if account is not None:
        return account
    return await create_account(
        db,
        master,
        email=email,
        civility=new.civility,
        first_name=new.first_name,
        last_name=new.last_name,
        now=now,
    )


async def enrol(
    db: AsyncSession, actor: Actor, seq: int, account: Account, new: NewMember, now: datetime
) -> Member:
    """Write the membership of an account, with its seats.

    Raises:
        MemberAlreadyThere, NotFound, SeatOverlaps, SeatEndsBeforeStart, QuotaExceeded
    """
    there = await db.scalar(
        select(Member.id).where(
            Member.authority_id == actor.authority_id, Member.account_id == account.id
        )
    )
    if there is not None:
        raise MemberAlreadyThere(member_id=str(there))
    await check_room_for_members(db, actor.authority_id)
    if new.group_id is not None:
        await group_of(db, actor, new.group_id)
    member = Member(
        id=uuid7(),
        authority_id=actor.authority_id,
        account_id=account.id,
        seq=seq,
        access_seq=seq,
        roles=sorted(set(new.roles)),
        position=new.position.strip(),
        phone=checked_phone(new.phone),
        group_id=new.group_id,
        created_at=now,
    )
    db.add(member)
    await db.flush()
    for seat in new.seats:
        await place_seat(db, actor, member, seat)
    return member


async def edit_member(db: AsyncSession, actor: Actor, member_id: UUID, edit: MemberEdit) -> Member:
    """Change what a member is called or may do.

    Raises:
        NotFound, LastAdministrator, AccountShared
    """
    seq = await enter(db, actor, "admin")
    member = await member_of(db, actor, member_id)
    account = await db.get_one(Account, member.account_id)
    for field in ("civility", "first_name", "last_name"):
        value = getattr(edit, field)
        if value is not UNSET and value.strip() != getattr(account, field):
            # A membership that ended counts too: the name stands in that authority's papers, and
            # its tablets would not be told.
            if await belongs_elsewhere(db, member, or_did=True):
                raise AccountShared
            setattr(account, field, value.strip())
    if edit.position is not UNSET:
        member.position = edit.position.strip()
    if edit.phone is not UNSET:
        member.phone = checked_phone(edit.phone)
    if edit.group_id is not UNSET:
        if edit.group_id is not None:
            await group_of(db, actor, edit.group_id)
        if edit.group_id != member.group_id:
            await leave_lead(db, member)
        member.group_id = edit.group_id
    if edit.roles is not UNSET and set(edit.roles) != set(member.roles):
        if "admin" not in edit.roles:
            await _keep_one_administrator(db, member)
        member.roles = sorted(set(edit.roles))
        member.access_seq = seq
        record(db, actor, seq, "member.roles_changed", member.id, roles=member.roles)
    member.seq = seq
    record(db, actor, seq, "member.edited", member.id)
    await db.flush()
    return member


async def deactivate_member(
    db: AsyncSession, actor: Actor, member_id: UUID, now: datetime
) -> Member:
    """End a membership: the next request is refused and the authority's data leaves the devices.

    Devices are signed out when they open nothing else.

    Raises:
        NotFound, LastAdministrator
    """
    seq = await enter(db, actor, "admin")
    member = await member_of(db, actor, member_id)
    if member.deactivated_at is None:
        await _keep_one_administrator(db, member)
        await end_membership(db, actor, seq, member, now)
        await db.flush()
    return member


async def end_membership(
    db: AsyncSession, actor: Actor, seq: int, member: Member, now: datetime
) -> None:
    """End an active membership, in the caller's deed."""
    member.deactivated_at = now
    member.seq = member.access_seq = seq
    await close_invitations(db, member, now)
    if await opens_nothing_else(db, member):
        await sign_out_devices(db, member.account_id, now)
    revocations.note(db.info, "membership_ended", member.id, now)
    record(db, actor, seq, "member.deactivated", member.id)


async def reactivate_member(db: AsyncSession, actor: Actor, member_id: UUID) -> Member:
    """Open a membership that was ended.

    Raises:
        NotFound, QuotaExceeded
    """
    seq = await enter(db, actor, "admin")
    member = await member_of(db, actor, member_id)
    if member.deactivated_at is not None:
        await open_again(db, actor, seq, member)
        await db.flush()
    return member


async def open_again(db: AsyncSession, actor: Actor, seq: int, member: Member) -> None:
    """Open a membership that ended, in the caller's deed.

    Raises:
        QuotaExceeded
    """
    await check_room_for_members(db, actor.authority_id)
    member.deactivated_at = None
    member.seq = member.access_seq = seq
    revocations.note(db.info, "membership_opened", member.id, datetime.now(UTC))
    record(db, actor, seq, "member.reactivated", member.id)


async def end_memberships_again(
    db: AsyncSession, authority_id: UUID, seq: int, ended: Mapping[UUID, datetime]
) -> int:
    """End the memberships that a restored backup opened again, in the caller's deed; how many."""
    active = await db.scalars(
        select(Member).where(Member.authority_id == authority_id, Member.deactivated_at.is_(None))
    )
    again = [member for member in active if member.id in ended]
    for member in again:
        member.deactivated_at = ended[member.id]
        member.seq = member.access_seq = seq
    await db.flush()
    return len(again)


async def _keep_one_administrator(db: AsyncSession, member: Member) -> None:
    if "admin" not in member.roles or member.deactivated_at is not None:
        return
    others = await db.scalars(
        select(Member.roles).where(
            Member.authority_id == member.authority_id,
            Member.id != member.id,
            Member.accepted_at.is_not(None),
            Member.deactivated_at.is_(None),
        )
    )
    if not any("admin" in roles for roles in others):
        raise LastAdministrator
