"""What devices hold of an authority: who sees it, who takes it back, how it says it is gone."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from cartable.accounts.guards import admitted
from cartable.accounts.routes import ADMITTED
from cartable.actor import Person
from cartable.errors import CrossSiteRequest, InvalidInput, NotFound
from cartable.members.access import allow, member_of
from cartable.members.actions import devices
from cartable.members.copies import device_copies
from cartable.members.doors import ANY, AUTHORITY, ROLE, WRITE, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.members.shapes import DeviceCopy, KeyShare, WipeReceipt
from cartable.members.tables import Member
from cartable.tenancy import across_authorities
from cartable.web import refusals, runtime_of

DEVICES = f"{AUTHORITY}/members/{{member_id:uuid}}/devices"


@get(
    DEVICES,
    summary="List the devices of a member",
    guards=[member_only],
    responses=refusals(*ROLE),
)
async def list_member_devices(
    member_id: FromPath[UUID], db: Db, actor: Asker, now: Now
) -> list[DeviceCopy]:
    """Those that may read, then those that lost this authority: erased, or not seen yet."""
    allow(actor, "admin")
    member = await member_of(db, actor, member_id)
    return await device_copies(db, now, Member.id == member.id)


@post(
    f"{DEVICES}/{{device_id:uuid}}/revoke",
    summary="Take this authority from a device of a member",
    status_code=204,
    guards=[member_only],
    responses=refusals(*WRITE),
)
async def revoke_device(
    member_id: FromPath[UUID], device_id: FromPath[UUID], db: Db, actor: Asker, now: Now
) -> None:
    """A lost tablet: its next request reads nothing, and it erases what it holds."""
    allow(actor, "admin")
    await devices.revoke_device(db, actor, member_id, device_id, now)


@post(
    f"{AUTHORITY}/devices/{{device_id:uuid}}/wiped",
    summary="Say that a device has erased an authority",
    status_code=204,
    responses=refusals(NotFound, CrossSiteRequest, InvalidInput),
)
async def say_wiped(
    authority_id: FromPath[UUID],
    device_id: FromPath[UUID],
    data: JSONBody[WipeReceipt],
    db: Db,
    now: Now,
) -> None:
    """Needs no sign-in: the proof says which device. Saying it again changes nothing."""
    await devices.hear_wiped(db, authority_id, device_id, data.proof, now)


@post(
    f"{AUTHORITY}/device/share",
    summary="Get the server's part of this device's keys",
    status_code=200,
    guards=[member_only],
    responses=refusals(*ANY, CrossSiteRequest),
)
async def read_key_share(request: Request[Any, Any, Any], db: Db, actor: Asker) -> KeyShare:
    """For pieces of items in camera: kept by the tablet for the lease, and no longer."""
    master = runtime_of(request).master_key
    return KeyShare(share=await devices.key_share(db, master, actor.authority_id, actor.device_id))


@get(
    "/api/devices/copies",
    summary="List what one's devices hold, or lost",
    guards=[admitted],
    responses=refusals(*ADMITTED),
)
async def list_copies(person: NamedDependency[Person], db: Db, now: Now) -> list[DeviceCopy]:
    """One for each device and authority."""
    async with across_authorities(db, "memberships", person.account_id):
        return await device_copies(db, now, Member.account_id == person.account_id)


handlers = [list_member_devices, revoke_device, say_wiped, read_key_share, list_copies]
