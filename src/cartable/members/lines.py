"""The administrator's tables, put together from a few queries."""

import unicodedata
from collections import defaultdict
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.tables import Account, Device
from cartable.actor import Actor
from cartable.mail.access import last_fates
from cartable.members.access import readable_assemblies, readable_groups, readable_members
from cartable.members.rules import entry_of
from cartable.members.shapes import AssemblyLine, GroupLine, MemberLine
from cartable.members.shapes import Seat as SeatShape
from cartable.members.tables import Assembly, Group, GroupLeader, Member, Seat, Substitute


async def member_lines(
    db: AsyncSession,
    actor: Actor,
    *,
    member_id: UUID | None = None,
    words: str = "",
    role: str | None = None,
    state: str | None = None,
) -> list[MemberLine]:
    """Members by name, with seats and devices.

    `words` are all looked for in names and address, whatever the accents; `state` is active,
    never (has not signed in yet) or inactive. Whose invitation waits has shown nothing here: the
    devices of their account are of other authorities.
    """
    asked = readable_members(actor).add_columns(Account.email)
    if member_id is not None:
        asked = asked.where(Member.id == member_id)
    found = (await db.execute(asked.order_by(Account.last_name, Account.first_name))).all()
    seats = await _seats(db, [row[0].id for row in found])
    devices = await _devices(db, [row[0].account_id for row in found if row[0].accepted_at])
    fates = await last_fates(db, actor.authority_id, [row.email for row in found])
    now = datetime.now(UTC)
    lines = [
        MemberLine(
            id=member.id,
            civility=civility,
            first_name=first_name,
            last_name=last_name,
            position=member.position,
            email=email,
            phone=member.phone,
            roles=member.roles,
            group_id=member.group_id,
            seats=seats[member.id],
            is_active=member.deactivated_at is None,
            deactivated_at=member.deactivated_at,
            created_at=member.created_at,
            entry=entry_of(member.invited_at, member.accepted_at, now),
            invited_at=member.invited_at,
            accepted_at=member.accepted_at,
            mail=fates.get(email),
            last_seen_at=max((d.last_seen_at for d in devices[member.account_id]), default=None),
            devices=[d.name for d in devices[member.account_id] if d.signed_out_at is None],
        )
        for member, civility, first_name, last_name, email in found
    ]
    return [line for line in lines if _is_wanted(line, _fold(words).split(), role, state)]


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def _is_wanted(line: MemberLine, words: list[str], role: str | None, state: str | None) -> bool:
    named = _fold(f"{line.first_name} {line.last_name} {line.email}")
    if (role and role not in line.roles) or not all(word in named for word in words):
        return False
    return {
        None: True,
        "active": line.is_active,
        "never": line.is_active and line.last_seen_at is None,
        "inactive": not line.is_active,
    }.get(state, False)


async def _seats(db: AsyncSession, members: list[UUID]) -> dict[UUID, list[SeatShape]]:
    rows = await db.scalars(
        select(Seat).where(Seat.member_id.in_(members)).order_by(Seat.starts_on, Seat.id)
    )
    seats: dict[UUID, list[SeatShape]] = defaultdict(list)
    substitutes = await substitutes_of(db, select(Seat.id).where(Seat.member_id.in_(members)))
    for row in rows:
        seats[row.member_id].append(seat_shape(row, substitutes[row.id]))
    return seats


async def substitutes_of(db: AsyncSession, seats: Select[UUID]) -> dict[UUID, list[UUID]]:
    """Who replaces the holder of each seat, in order."""
    rows = await db.scalars(
        select(Substitute).where(Substitute.seat_id.in_(seats)).order_by(Substitute.rank)
    )
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for row in rows:
        found[row.seat_id].append(row.member_id)
    return found


def seat_shape(seat: Seat, substitutes: list[UUID]) -> SeatShape:
    """A seat as the wire knows it."""
    return SeatShape(
        id=seat.id,
        assembly_id=seat.assembly_id,
        starts_on=seat.starts_on,
        ends_on=seat.ends_on,
        is_voting=seat.is_voting,
        position=seat.position,
        rank=seat.rank,
        substitutes=substitutes,
    )


async def _devices(db: AsyncSession, accounts: list[UUID]) -> dict[UUID, list[Device]]:
    rows = await db.scalars(select(Device).where(Device.account_id.in_(accounts)))
    devices: dict[UUID, list[Device]] = defaultdict(list)
    for row in rows:
        devices[row.account_id].append(row)
    return devices


async def assembly_lines(db: AsyncSession, actor: Actor, today: date) -> list[AssemblyLine]:
    """Assemblies by name with their seats in office today."""
    in_office = (
        select(
            Seat.assembly_id,
            func.count().label("seats"),
            func.count().filter(Seat.is_voting).label("voting"),
        )
        .join(Member, Member.id == Seat.member_id)
        .where(
            Seat.authority_id == actor.authority_id,
            Member.deactivated_at.is_(None),
            Seat.starts_on <= today,
            or_(Seat.ends_on.is_(None), Seat.ends_on >= today),
        )
        .group_by(Seat.assembly_id)
    )
    counts = {row.assembly_id: row for row in await db.execute(in_office)}
    assemblies = await db.scalars(readable_assemblies(actor).order_by(Assembly.name))
    return [
        AssemblyLine(
            id=a.id,
            name=a.name,
            kind=a.kind,  # type: ignore[arg-type]
            seats_in_office=counts[a.id].seats if a.id in counts else 0,
            voting_seats=counts[a.id].voting if a.id in counts else 0,
        )
        for a in assemblies
    ]


async def group_lines(db: AsyncSession, actor: Actor) -> list[GroupLine]:
    """Groups by name with their active members and who leads them."""
    counted = await db.execute(
        select(Member.group_id, func.count())
        .where(Member.authority_id == actor.authority_id, Member.deactivated_at.is_(None))
        .group_by(Member.group_id)
    )
    sizes = dict(counted.all())
    groups = await db.scalars(readable_groups(actor).order_by(Group.name))
    leaders: dict[UUID, list[UUID]] = defaultdict(list)
    for one in await db.scalars(
        select(GroupLeader).where(GroupLeader.authority_id == actor.authority_id)
    ):
        leaders[one.group_id].append(one.member_id)
    return [
        GroupLine(id=g.id, name=g.name, members=sizes.get(g.id, 0), leaders=sorted(leaders[g.id]))
        for g in groups
    ]
