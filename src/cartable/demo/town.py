"""Opens the authorities of the demonstration and lets their people in.

Every step first looks whether it was done: a start that was cut short is taken up where it stopped.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from cartable.accounts.actions import create_account, sign_in, sign_out
from cartable.accounts.passwords import hash_password
from cartable.accounts.shapes import Credentials
from cartable.accounts.tables import Account, Device
from cartable.accounts.throttle import Guesser
from cartable.actor import Actor
from cartable.actor import Person as SignedIn
from cartable.authorities.tables import Authority as AuthorityRow
from cartable.demo import content
from cartable.errors import NotFound
from cartable.members.access import (
    actor_in,
    readable_assemblies,
    readable_groups,
    readable_members,
)
from cartable.members.actions.assemblies import create_assembly, create_group
from cartable.members.actions.devices import hear_wiped
from cartable.members.actions.found import found_authority
from cartable.members.actions.people import add_member
from cartable.members.rules import wipe_proof
from cartable.members.shapes import NewAssembly, NewGroup, NewMember, NewSeat
from cartable.runtime import Runtime
from cartable.sittings.tables import Sitting
from cartable.tenancy import bind

PASSWORD = "lemoulintourne"  # noqa: S105
"""Of every demonstration account. It is printed at each start: it protects nothing."""

IN_OFFICE = timedelta(days=250)


@dataclass(frozen=True)
class Town:
    """An authority that is ready to hold sittings; ids by the keys of `content`."""

    clerk: Actor
    assemblies: dict[str, UUID]
    members: dict[str, UUID]


async def is_built(runtime: Runtime) -> bool:
    """Whether the last deed of the building was done: the community's sitting is called."""
    *_, community = content.authorities()
    async with runtime.reading() as db:
        last = await db.scalar(
            select(AuthorityRow.id).where(AuthorityRow.siren == community.siret[:9])
        )
        if last is None:
            return False
        await bind(db, last)
        called = select(Sitting.id).where(Sitting.state == "convened").limit(1)
        return await db.scalar(called) is not None


async def open_accounts(
    runtime: Runtime, people: tuple[content.Person, ...], now: datetime
) -> None:
    """An account for everybody, with the password that the terminal prints."""
    hashed = await hash_password(PASSWORD)
    async with runtime.writing() as db:
        known = set(await db.scalars(select(Account.email)))
        for person in people:
            if person.email not in known:
                await create_account(
                    db,
                    runtime.master_key,
                    email=person.email,
                    civility=person.civility,
                    first_name=person.first_name,
                    last_name=person.last_name,
                    password_hash=hashed,
                    now=now,
                    email_verified_at=now,
                )


async def open_town(runtime: Runtime, authority: content.Authority, now: datetime) -> Town:
    """The authority with its groups, assemblies, members and seats."""
    authority_id = await _found(runtime, authority, now)
    admin = await enter_as(runtime, authority_id, _holder(authority, "admin"), now)
    groups = await _groups(runtime, admin, authority)
    assemblies = await _assemblies(runtime, admin, authority)
    mandate = (now - IN_OFFICE).date()
    async with runtime.reading(authority_id) as db:
        there = {row[0].account_id for row in await db.execute(readable_members(admin))}
        accounts = {
            row.email: row.id for row in await db.execute(select(Account.email, Account.id))
        }
    for membership in authority.memberships:
        if accounts[membership.person.email] not in there:
            new = _new_member(authority, membership, groups, assemblies, mandate)
            async with runtime.writing() as db:
                await add_member(db, admin, runtime.master_key, new, now, is_in=True)
    async with runtime.reading(authority_id) as db:
        rows = [row[0] for row in await db.execute(readable_members(admin))]
    by_account = {member.account_id: member.id for member in rows}
    members = {m.person.key: by_account[accounts[m.person.email]] for m in authority.memberships}
    clerk = await enter_as(runtime, authority_id, _holder(authority, "clerk"), now)
    await leave(runtime, admin, now)
    return Town(clerk, assemblies, members)


async def leave(runtime: Runtime, actor: Actor, now: datetime) -> None:
    """Sign out the device that worked for `actor`, which says that nothing is left on it."""
    async with runtime.writing() as db:
        await sign_out(db, SignedIn(actor.account_id, actor.device_id), now)
        device = await db.get_one(Device, actor.device_id)
        proof = wipe_proof(device.token_hash)
        opened = list(await db.scalars(select(AuthorityRow.id)))
    for authority_id in opened:
        # Some of these people belong to both authorities.
        with suppress(NotFound):
            async with runtime.writing() as db:
                await hear_wiped(db, authority_id, actor.device_id, proof, now)


def _holder(authority: content.Authority, role: str) -> content.Membership:
    return next(member for member in authority.memberships if role in member.roles)


async def _found(runtime: Runtime, authority: content.Authority, now: datetime) -> UUID:
    siren = authority.siret[:9]
    async with runtime.reading() as db:
        found = await db.scalar(select(AuthorityRow.id).where(AuthorityRow.siren == siren))
    if found is not None:
        return found
    first = _holder(authority, "admin")
    async with runtime.writing() as db:
        founded = await found_authority(
            db,
            runtime.master_key,
            name=authority.name,
            kind=authority.kind,
            siren=siren,
            administrator=_new_member(authority, first, {}, {}, now.date()),
            now=now,
            is_in=True,
        )
    return founded.authority_id


async def enter_as(
    runtime: Runtime,
    authority_id: UUID,
    membership: content.Membership,
    now: datetime,
    device_name: str = "Préparation",
) -> Actor:
    """Sign somebody in on a device of their own; `leave` signs it out."""
    credentials = Credentials(
        email=membership.person.email, password=PASSWORD, device_name=device_name
    )
    async with runtime.writing() as db:
        account, device, _ = await sign_in(
            db, runtime.master_key, credentials, Guesser("127.0.0.1"), now
        )
    async with runtime.reading() as db:
        return await actor_in(db, SignedIn(account.id, device.id), authority_id)


async def _groups(runtime: Runtime, admin: Actor, authority: content.Authority) -> dict[str, UUID]:
    async with runtime.reading(admin.authority_id) as db:
        made = {group.name: group.id for group in await db.scalars(readable_groups(admin))}
    for name in authority.groups:
        if name not in made:
            async with runtime.writing() as db:
                made[name] = (await create_group(db, admin, NewGroup(name=name))).id
    return made


async def _assemblies(
    runtime: Runtime, admin: Actor, authority: content.Authority
) -> dict[str, UUID]:
    async with runtime.reading(admin.authority_id) as db:
        made = {row.name: row.id for row in await db.scalars(readable_assemblies(admin))}
    for assembly in authority.assemblies:
        if assembly.name not in made:
            new = NewAssembly(name=assembly.name, kind=assembly.kind)
            async with runtime.writing() as db:
                made[assembly.name] = (await create_assembly(db, admin, new)).id
    return {assembly.key: made[assembly.name] for assembly in authority.assemblies}


def _new_member(
    authority: content.Authority,
    membership: content.Membership,
    groups: dict[str, UUID],
    assemblies: dict[str, UUID],
    mandate: date,
) -> NewMember:
    person = membership.person
    seats = [
        NewSeat(
            assembly_id=assemblies[assembly.key],
            starts_on=mandate,
            position=seat.position,
            rank=seat.rank,
        )
        for assembly in authority.assemblies
        for seat in assembly.seats
        if seat.person == person
    ]
    return NewMember(
        civility=person.civility,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        position=membership.position,
        roles=sorted(membership.roles),
        group_id=groups[membership.group] if membership.group else None,
        seats=seats,
    )
