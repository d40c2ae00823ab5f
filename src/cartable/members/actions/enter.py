"""The entrance of every deed: the authority's lock, then the door again inside it."""

from dataclasses import replace

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from cartable.accounts.rules import DeviceSignedOut, ProofNeeded
from cartable.accounts.tables import Device
from cartable.actor import Actor
from cartable.authorities.actions import authority_write
from cartable.errors import CartableError, NotFound, RoleMissing
from cartable.members.access import DESK
from cartable.members.rules import MembershipEnded
from cartable.members.tables import DeviceCopy, Member


async def enter(db: AsyncSession, actor: Actor, role: str = "") -> int:
    """Take the authority's lock, check the member again, and give the number of the deed.

    Without a `role`, any member may do it.

    Raises:
        RoleMissing: the member has not, or no longer has, the role.
        ProofNeeded: the role is a desk's, and nobody showed for long who holds this device.
        NotFound: the membership ended while the request was under way, or the authority was taken
            from the device.
        DeviceSignedOut: so did the device's session.
    """
    seq = await authority_write(db, actor.authority_id)
    member = await db.get_one(Member, actor.member_id, populate_existing=True)
    device = await db.get(Device, actor.device_id, populate_existing=True)
    if device is None or device.signed_out_at is not None:
        raise DeviceSignedOut
    if member.deactivated_at is not None or await _is_taken(db, actor):
        raise NotFound
    if role and role not in member.roles:
        raise RoleMissing(role=role)
    if actor.desk_needs_proof and role in DESK:
        raise ProofNeeded
    return seq


async def _is_taken(db: AsyncSession, actor: Actor) -> bool:
    copy = await db.get(DeviceCopy, (actor.device_id, actor.authority_id), populate_existing=True)
    return copy is not None and copy.revoked_at is not None


async def enter_with_writings(
    db: AsyncSession, actor: Actor
) -> tuple[int, Actor, str, CartableError | None]:
    """Take the authority's lock for what a tablet brings, and see again who brings it.

    Gives the number of the deed, the actor as they are now, the name of their device, and why
    nothing of theirs can be applied any more: what they wrote must be kept all the same.
    """
    seq = await authority_write(db, actor.authority_id)
    member = await db.get_one(Member, actor.member_id, populate_existing=True)
    device = await db.get(Device, actor.device_id, populate_existing=True)
    refusal: CartableError | None = None
    if device is None or device.signed_out_at is not None or await _is_taken(db, actor):
        refusal = DeviceSignedOut()
    elif member.deactivated_at is not None:
        refusal = MembershipEnded()
    now = replace(actor, roles=frozenset(member.roles), is_ended=refusal is not None)
    return seq, now, device.name if device else "", refusal


async def members_access_changed(
    db: AsyncSession, actor: Actor, seq: int, *criteria: ColumnElement[bool]
) -> None:
    """The views of the members that meet `criteria` must be scanned again."""
    await db.execute(
        update(Member)
        .where(Member.authority_id == actor.authority_id, *criteria)
        .values(access_seq=seq)
        .execution_options(synchronize_session=False)
    )
