"""Who is a member, and the doors of administrators and clerks."""

from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, and_, case, exists, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations

from cartable.accounts.rules import ProofNeeded
from cartable.accounts.tables import Account
from cartable.actor import Actor, Person
from cartable.authorities.rules import AuthoritySuspended
from cartable.authorities.tables import Authority, AuthoritySettings
from cartable.errors import NotFound, RoleMissing
from cartable.members.tables import Assembly, Contact, DeviceCopy, Group, MandateEnd, Member, Seat
from cartable.tenancy import bind

DESK = frozenset({"clerk", "admin"})
"""Roles that work for the others."""

Row = TypeVar("Row", Member, Assembly, Contact, Group, Seat)


async def actor_in(db: AsyncSession, person: Person, authority_id: UUID) -> Actor:
    """What the person is in one authority; an empty view when the membership ended, or when the
    authority was taken from their device.

    Raises:
        NotFound: never a member there (an invitation is not enough), or no such authority.
        AuthoritySuspended: nothing of it is answered; tablets keep what they hold.
    """
    await bind(db, authority_id)
    found = (
        await db.execute(
            select(
                Member, DeviceCopy.revoked_at, Authority.suspended_at, Authority.suspension_reason
            )
            .join(Authority, Authority.id == Member.authority_id)
            .outerjoin(
                DeviceCopy,
                and_(
                    DeviceCopy.device_id == person.device_id,
                    DeviceCopy.authority_id == Member.authority_id,
                ),
            )
            .where(
                Member.authority_id == authority_id,
                Member.account_id == person.account_id,
                Member.accepted_at.is_not(None),
            )
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    member, revoked_at, suspended_at, reason = found
    ends = [at for at in (member.deactivated_at, revoked_at) if at is not None]
    if suspended_at is not None and not ends and not person.is_signed_out:
        raise AuthoritySuspended(reason=reason)
    return Actor(
        authority_id=authority_id,
        member_id=member.id,
        account_id=person.account_id,
        device_id=person.device_id,
        roles=frozenset(member.roles),
        is_ended=bool(ends) or person.is_signed_out,
        ended_at=min(ends, default=None),
        desk_needs_proof=person.desk_needs_proof,
    )


def allow(actor: Actor, *roles: str) -> None:
    """The door of a read that takes one of these roles.

    Raises:
        RoleMissing
        ProofNeeded: it is a desk's, and nobody showed for long who holds this device.
    """
    if actor.is_ended or actor.roles.isdisjoint(roles):
        raise RoleMissing(role=roles[0])
    if actor.desk_needs_proof and DESK.issuperset(roles):
        raise ProofNeeded


def readable_assemblies(actor: Actor) -> Select[Assembly]:
    """Every assembly of the actor's authority."""
    all_of_them = select(Assembly).where(Assembly.authority_id == actor.authority_id)
    return all_of_them.where(false()) if actor.is_ended else all_of_them


def readable_members(actor: Actor) -> Select[Member, str, str, str]:
    """The colleagues of the actor, active or not, with civility, first and last name."""
    colleagues = (
        select(Member, Account.civility, Account.first_name, Account.last_name)
        .join(Account, Account.id == Member.account_id)
        .where(Member.authority_id == actor.authority_id)
    )
    return colleagues.where(false()) if actor.is_ended else colleagues


def readable_contacts(actor: Actor) -> Select[Contact]:
    """The services in the directory of the actor's authority."""
    contacts = select(Contact).where(Contact.authority_id == actor.authority_id)
    return contacts.where(false()) if actor.is_ended else contacts


def readable_mandate_ends(actor: Actor) -> Select[MandateEnd]:
    """Seats that were ended together, the latest first."""
    ends = select(MandateEnd).where(MandateEnd.authority_id == actor.authority_id)
    ends = ends.order_by(MandateEnd.at.desc())
    return ends.where(false()) if actor.is_ended else ends


def shown_email() -> ColumnElement[str]:
    """A member's address as colleagues see it: empty unless the authority and the person agree."""
    shown = _is_shown(AuthoritySettings.directory_shows_emails, Member.shows_email)
    return case((shown, Account.email), else_="")


def shown_phone() -> ColumnElement[str]:
    """A member's telephone as colleagues see it: empty unless the authority and they agree."""
    shown = _is_shown(AuthoritySettings.directory_shows_phones, Member.shows_phone)
    return case((shown, Member.phone), else_="")


def _is_shown(
    switch: SQLCoreOperations[bool], wish: SQLCoreOperations[bool]
) -> ColumnElement[bool]:
    agreed = exists().where(AuthoritySettings.authority_id == Member.authority_id, switch)
    return and_(Member.deactivated_at.is_(None), wish, agreed)


def readable_groups(actor: Actor) -> Select[Group]:
    """Every political group of the actor's authority."""
    groups = select(Group).where(Group.authority_id == actor.authority_id)
    return groups.where(false()) if actor.is_ended else groups


def is_taken_from(
    device_id: UUID | SQLCoreOperations[UUID], authority_id: SQLCoreOperations[UUID]
) -> ColumnElement[bool]:
    """An administrator took this authority from the device."""
    return exists().where(
        DeviceCopy.device_id == device_id,
        DeviceCopy.authority_id == authority_id,
        DeviceCopy.revoked_at.is_not(None),
    )


def readable_memberships(person: Person) -> Select[Member, Authority]:
    """The authorities where a person is an active member, but those taken from their device: asked
    through `memberships` (tenancy.py)."""
    return (
        select(Member, Authority)
        .join(Authority, Authority.id == Member.authority_id)
        .where(
            Member.account_id == person.account_id,
            Member.accepted_at.is_not(None),
            Member.deactivated_at.is_(None),
            ~is_taken_from(person.device_id, Member.authority_id),
        )
        .order_by(Authority.name)
    )


async def member_of(db: AsyncSession, actor: Actor, member_id: UUID) -> Member:
    """A member of the actor's authority.

    Raises:
        NotFound
    """
    return await _of_authority(db, actor, Member, member_id)


async def assembly_of(db: AsyncSession, actor: Actor, assembly_id: UUID) -> Assembly:
    """An assembly of the actor's authority.

    Raises:
        NotFound
    """
    return await _of_authority(db, actor, Assembly, assembly_id)


async def group_of(db: AsyncSession, actor: Actor, group_id: UUID) -> Group:
    """A group of the actor's authority.

    Raises:
        NotFound
    """
    return await _of_authority(db, actor, Group, group_id)


async def seat_of(db: AsyncSession, actor: Actor, seat_id: UUID) -> Seat:
    """A seat of the actor's authority.

    Raises:
        NotFound
    """
    return await _of_authority(db, actor, Seat, seat_id)


async def contact_of(db: AsyncSession, actor: Actor, contact_id: UUID) -> Contact:
    """A service in the directory of the actor's authority.

    Raises:
        NotFound
    """
    contact = await _of_authority(db, actor, Contact, contact_id)
    if contact.deleted_at is not None:
        raise NotFound
    return contact


async def _of_authority(db: AsyncSession, actor: Actor, table: type[Row], row_id: UUID) -> Row:
    row = await db.get(table, row_id)
    if row is None or row.authority_id != actor.authority_id:
        raise NotFound
    return row


def sits(
    assembly_id: SQLCoreOperations[UUID],
    day: SQLCoreOperations[date],
    member_id: UUID | SQLCoreOperations[UUID],
    *,
    voting: bool = False,
) -> ColumnElement[bool]:
    """The member holds a seat of the assembly on that day (a voting one, if asked)."""
    seat = exists().where(
        Seat.assembly_id == assembly_id,
        Seat.member_id == member_id,
        Seat.starts_on <= day,
        or_(Seat.ends_on.is_(None), Seat.ends_on >= day),
    )
    return seat.where(Seat.is_voting) if voting else seat
