"""Who is signed in."""

import msgspec
from litestar import get
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.guards import signed_in
from cartable.accounts.routes import SIGNED_IN
from cartable.accounts.shapes import Account, Device
from cartable.accounts.tables import Account as AccountRow
from cartable.accounts.tables import Device as DeviceRow
from cartable.actor import Person
from cartable.authorities.shapes import Authority
from cartable.members.access import readable_memberships
from cartable.members.rules import wipe_proof
from cartable.members.shapes import Me, Membership
from cartable.tenancy import across_authorities
from cartable.web import refusals


@get(
    "/api/me",
    summary="Who is signed in, and where they are members",
    guards=[signed_in],
    responses=refusals(*SIGNED_IN),
)
async def read_me(person: NamedDependency[Person], db: NamedDependency[AsyncSession]) -> Me:
    """The account, this device, and the authorities of active memberships."""
    account = await db.get_one(AccountRow, person.account_id)
    device = await db.get_one(DeviceRow, person.device_id)
    async with across_authorities(db, "memberships", person.account_id):
        memberships = (await db.execute(readable_memberships(person))).all()
    return Me(
        account=msgspec.convert(account, Account, from_attributes=True),
        device=Device(
            id=device.id,
            name=device.name,
            created_at=device.created_at,
            last_seen_at=device.last_seen_at,
            is_current=True,
            is_extra=person.is_extra,
        ),
        wipe_proof=wipe_proof(device.token_hash),
        memberships=[
            Membership(
                authority=msgspec.convert(authority, Authority, from_attributes=True),
                member_id=member.id,
                roles=member.roles,  # type: ignore[arg-type]
            )
            for member, authority in memberships
        ],
    )


handlers = [read_me]
