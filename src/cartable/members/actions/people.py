"""Letting people in and out of an authority."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from msgspec import UNSET
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable import revocations
from cartable.accounts.actions import (
    create_account,
    one_time_password,
    renew_password,
    sign_out_devices,
)
from cartable.accounts.tables import Account
from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.database import uuid7
from cartable.members.access import group_of, member_of
from cartable.members.actions.enter import enter
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

Row = TypeVar("Row", Account, UUID)


async def add_member(
    db: AsyncSession, actor: Actor, master: Key, new: NewMember, now: datetime
) -> tuple[Member, str | None]:
    """Let a person in, with roles and seats; the second value is their one-time password.

    Somebody who already signs in to this server keeps their password and their name.

    Raises:
        InvalidEmail, MemberAlreadyThere, NotFound (group, assembly), SeatOverlaps
    """
    email = check_email(new.email)
    password, hashed = await one_time_password()
    seq = await enter(db, actor, "admin")
    account, is_new = await account_for(db, master, new, email, hashed, now)
    member = await enrol(db, actor, seq, account, new, now)
    record(db, actor, seq, "member.added", member.id, roles=member.roles)
    return member, password if is_new else None


async def account_for(
    db: AsyncSession, master: Key, new: NewMember, email: str, hashed: str, now: datetime
) -> tuple[Account, bool]:
    """The account of an address, and whether it was made here, in the caller's transaction."""
    account = await db.scalar(_alone(select(Account).where(Account.email == email)))
    if account is not None:
        return account, False
    made = await create_account(
        db,
        master,
        email=email,
        civility=new.civility,
        first_name=new.first_name,
        last_name=new.last_name,
        password_hash=hashed,
        now=now,
    )
    return made, True


def _alone(accounts: Select[Row]) -> Select[Row]:
    """The account, locked: authorities do not hold one another's lock, and what depends on all the
    memberships of a person is decided by one of them at a time."""
    return accounts.with_for_update(key_share=True)


async def enrol(
    db: AsyncSession, actor: Actor, seq: int, account: Account, new: NewMember, now: datetime
) -> Member:
    """Write the membership of an account, with its seats.

    Raises:
        MemberAlreadyThere, NotFound, SeatOverlaps, SeatEndsBeforeStart
    """
    there = await db.scalar(
        select(Member.id).where(
            Member.authority_id == actor.authority_id, Member.account_id == account.id
        )
    )
    if there is not None:
        raise MemberAlreadyThere(member_id=str(there))
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
    if edit.group_id is not UNSET:
        if edit.group_id is not None:
            await group_of(db, actor, edit.group_id)
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

    Devices are signed out when the person has no other authority left.

    Raises:
        NotFound, LastAdministrator
    """
    seq = await enter(db, actor, "admin")
    member = await member_of(db, actor, member_id)
    if member.deactivated_at is None:
        await _keep_one_administrator(db, member)
        member.deactivated_at = now
        member.seq = member.access_seq = seq
        if not await belongs_elsewhere(db, member):
            await sign_out_devices(db, member.account_id, now)
        revocations.note(db.info, "membership_ended", member.id, now)
        record(db, actor, seq, "member.deactivated", member.id)
        await db.flush()
    return member


async def reactivate_member(db: AsyncSession, actor: Actor, member_id: UUID) -> Member:
    """Open a membership that was ended.

    Raises:
        NotFound
    """
    seq = await enter(db, actor, "admin")
    member = await member_of(db, actor, member_id)
    if member.deactivated_at is not None:
        member.deactivated_at = None
        member.seq = member.access_seq = seq
        revocations.note(db.info, "membership_opened", member.id, datetime.now(UTC))
        record(db, actor, seq, "member.reactivated", member.id)
        await db.flush()
    return member


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


async def renew_one_time_password(
    db: AsyncSession, actor: Actor, member_id: UUID, now: datetime
) -> str:
    """A new one-time password for a member who lost theirs; their devices are signed out.

    Refused for a person of several authorities: one administrator must not open another's papers.

    Raises:
        NotFound, AccountShared
    """
    password, hashed = await one_time_password()
    seq = await enter(db, actor, "admin")
    member = await member_of(db, actor, member_id)
    if await belongs_elsewhere(db, member):
        raise AccountShared
    await renew_password(db, member.account_id, hashed, now)
    record(db, actor, seq, "member.password_renewed", member.id)
    return password


async def belongs_elsewhere(db: AsyncSession, member: Member, *, or_did: bool = False) -> bool:
    """Whether the person is an active member of another authority too (or once was)."""
    await db.execute(_alone(select(Account.id).where(Account.id == member.account_id)))
    others = select(Member.id).where(Member.account_id == member.account_id, Member.id != member.id)
    if not or_did:
        others = others.where(Member.deactivated_at.is_(None))
    return await db.scalar(others.limit(1)) is not None


async def _keep_one_administrator(db: AsyncSession, member: Member) -> None:
    if "admin" not in member.roles or member.deactivated_at is not None:
        return
    others = await db.scalars(
        select(Member.roles).where(
            Member.authority_id == member.authority_id,
            Member.id != member.id,
            Member.deactivated_at.is_(None),
        )
    )
    if not any("admin" in roles for roles in others):
        raise LastAdministrator
