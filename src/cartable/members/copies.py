"""What devices hold of authorities, or lost: for their owner, and for the administrator."""

from datetime import datetime, timedelta

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from cartable.accounts.tables import Device
from cartable.authorities.tables import Authority
from cartable.members.rules import copy_state
from cartable.members.shapes import DeviceCopy
from cartable.members.tables import DeviceCopy as CopyRow
from cartable.members.tables import Member

TOLD_FOR = timedelta(days=30)
"""How long a device that said it was empty stays in the list."""


async def device_copies(
    db: AsyncSession, now: datetime, *whose: ColumnElement[bool]
) -> list[DeviceCopy]:
    """One for each device and authority of the members `whose` criteria name.

    Those that may read come first, then those that lost it, the latest first.
    """
    found = [_copy(*row) for row in await db.execute(_rows(*whose))]
    kept = [
        copy
        for copy in found
        if copy is not None and (copy.wiped_at is None or copy.wiped_at > now - TOLD_FOR)
    ]
    held = [copy for copy in kept if copy.taken_at is None]
    lost = sorted((c for c in kept if c.taken_at), key=lambda c: c.taken_at or now, reverse=True)
    return [*held, *lost]


def _rows(*whose: ColumnElement[bool]) -> Select[Device, Member, str, CopyRow | None]:
    mine = and_(CopyRow.device_id == Device.id, CopyRow.authority_id == Member.authority_id)
    return (
        select(Device, Member, Authority.name, CopyRow)
        .join(Member, Member.account_id == Device.account_id)
        .join(Authority, Authority.id == Member.authority_id)
        .outerjoin(CopyRow, mine)
        .where(Member.accepted_at.is_not(None), *whose)
        .order_by(Device.last_seen_at.desc(), Device.id, Authority.name)
    )


def _copy(device: Device, member: Member, name: str, copy: CopyRow | None) -> DeviceCopy | None:
    """None when the device was gone before the person became a member."""
    joined_at = member.accepted_at or member.created_at
    if device.signed_out_at is not None and device.signed_out_at < joined_at:
        return None
    ends = (device.signed_out_at, member.deactivated_at, copy.revoked_at if copy else None)
    taken_at = min((at for at in ends if at is not None), default=None)
    seen_at, wiped_at = (copy.seen_at, copy.wiped_at) if copy else (None, None)
    state = copy_state(taken_at, seen_at, wiped_at)
    return DeviceCopy(
        device_id=device.id,
        name=device.name,
        authority_id=member.authority_id,
        authority_name=name,
        last_seen_at=device.last_seen_at,
        state=state,
        taken_at=taken_at,
        seen_at=seen_at if state in ("leaving", "wiped") else None,
        wiped_at=wiped_at if state == "wiped" else None,
    )
