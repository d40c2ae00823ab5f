"""Taking an authority from one device, and hearing that it is gone from there."""

import hmac
import os
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from cartable import revocations
from cartable.accounts.actions import sign_out
from cartable.accounts.tables import Device
from cartable.actor import Actor, Person
from cartable.audit.actions import record
from cartable.authorities.actions import authority_write, hold
from cartable.database import begin_read, begin_write, end
from cartable.errors import NotFound
from cartable.members.access import member_of
from cartable.members.actions.alone import opens_nothing_else
from cartable.members.actions.enter import enter
from cartable.members.rules import wipe_proof
from cartable.members.tables import DeviceCopy, Member
from cartable.sealing import Key, SealedBytes
from cartable.tenancy import bind

SEEN_EVERY = timedelta(minutes=5)
_Claim = Row[str, str, UUID, UUID, datetime | None, datetime | None, bool]


async def revoke_device(
    db: AsyncSession, actor: Actor, member_id: UUID, device_id: UUID, now: datetime
) -> None:
    """Take this authority from one device of a member: a tablet lost at 18:25.

    Its next request reads nothing, and it erases what it holds. Other authorities of the person
    stay on it; when it opens nothing else, it is signed out too. Doing it again changes nothing.

    Raises:
        NotFound: no such member, no such device of theirs, or they never accepted.
    """
    seq = await enter(db, actor, "admin")
    member = await member_of(db, actor, member_id)
    device = await db.get(Device, device_id)
    is_theirs = device is not None and device.account_id == member.account_id
    if device is None or not is_theirs or member.accepted_at is None:
        raise NotFound
    copy = await db.get(DeviceCopy, (device_id, actor.authority_id))
    if device.signed_out_at is not None or (copy is not None and copy.revoked_at is not None):
        return
    await _write(db, device_id, actor.authority_id, revoked_at=now, share=None)
    revocations.note(db.info, "device_taken_back", device_id, now, actor.authority_id)
    if await opens_nothing_else(db, member):
        await sign_out(db, Person(member.account_id, device_id), now)
    member.seq = seq
    record(
        db, actor, seq, "member.device_revoked", member.id,
        about=member.account_id, device=device.name,
    )  # fmt: skip
    await db.flush()


async def seen_leaving(db: AsyncSession, actor: Actor, now: datetime) -> None:
    """A device that lost the authority came back: it is being emptied.

    The request goes on with a new snapshot. Its share of the keys is destroyed.
    """
    copy = await db.get(DeviceCopy, (actor.device_id, actor.authority_id))
    if copy is not None and copy.seen_at is not None and now - copy.seen_at < SEEN_EVERY:
        return
    await begin_write(db)
    await _write(db, actor.device_id, actor.authority_id, seen_at=now, share=None)
    await end(db, commit=True)
    await begin_read(db)


async def hear_wiped(
    db: AsyncSession, authority_id: UUID, device_id: UUID, proof: str, now: datetime
) -> None:
    """A device says that nothing of the authority is left on it; the first time counts, and leaves
    a line of the member's.

    What it says is a claim: whoever holds a tablet can make it say so.

    Raises:
        NotFound: no such device, another proof, or it never had this authority.
    """
    await begin_write(db)
    await bind(db, authority_id)
    if not _is_news(await _claimed(db, authority_id, device_id), proof):
        return
    seq = await authority_write(db, authority_id)
    found = await _claimed(db, authority_id, device_id)
    if found is None or not _is_news(found, proof):
        return
    # Said late, by a device that holds the authority again: its papers need the share.
    destroyed = {"share": None} if found.is_gone else {}
    await _write(db, device_id, authority_id, wiped_at=now, **destroyed)
    teller = Actor(
        authority_id, found.member_id, found.account_id, device_id, frozenset(), is_ended=True
    )
    # The device of an account that was erased has no name any more.
    record(
        db, teller, seq, "member.device_wiped", found.member_id,
        about=found.account_id, device=found.name or None,
    )  # fmt: skip
    await db.flush()


async def _claimed(db: AsyncSession, authority_id: UUID, device_id: UUID) -> _Claim | None:
    """What is known of a device that says it is emptied."""
    return (
        await db.execute(
            select(
                Device.token_hash,
                Device.name,
                Device.account_id,
                Member.id.label("member_id"),
                DeviceCopy.wiped_at,
                DeviceCopy.seen_at,
                or_(
                    Device.signed_out_at.is_not(None),
                    Member.deactivated_at.is_not(None),
                    DeviceCopy.revoked_at.is_not(None),
                ).label("is_gone"),
            )
            .join(Member, Member.account_id == Device.account_id)
            .outerjoin(
                DeviceCopy,
                (DeviceCopy.device_id == Device.id)
                & (DeviceCopy.authority_id == Member.authority_id),
            )
            .where(
                Device.id == device_id,
                Member.authority_id == authority_id,
                Member.accepted_at.is_not(None),
            )
        )
    ).one_or_none()


def _is_news(found: _Claim | None, proof: str) -> bool:
    """Whether it is the first time: a tablet that did not hear our answer says it again, perhaps a
    week later.

    Raises:
        NotFound
    """
    # As bytes: texts that are not ASCII cannot be compared so.
    expected = wipe_proof(found.token_hash) if found else ""
    if found is None or not hmac.compare_digest(expected.encode(), proof.encode()):
        raise NotFound
    return found.wiped_at is None or (found.seen_at is not None and found.seen_at > found.wiped_at)


async def key_share(db: AsyncSession, master: Key, authority_id: UUID, device_id: UUID) -> str:
    """The server's part of the keys of in camera pieces on one device, made at its first need.

    Whoever lost the authority is refused before: without it, what they hold opens no more once
    their tablet has forgotten it (at the end of its lease).
    """
    place = _place(device_id, authority_id)
    copy = await db.get(DeviceCopy, (device_id, authority_id))
    if copy is None or copy.share is None:
        await hold(db, authority_id)
        copy = await db.get(DeviceCopy, (device_id, authority_id), populate_existing=True)
        if copy is None or copy.share is None:
            share = master.seal(os.urandom(32), place)
            await _write(db, device_id, authority_id, share=share)
            return _text(master.open(share, place))
    return _text(master.open(copy.share, place))


async def take_back_again(
    db: AsyncSession, authority_id: UUID, copies: Mapping[tuple[UUID, UUID], datetime]
) -> int:
    """Take again from devices what a restored backup gave back, in the caller's deed; how many."""
    wanted = {device: at for (device, authority), at in copies.items() if authority == authority_id}
    there = await db.scalars(select(Device.id).where(Device.id.in_(wanted)))
    again = 0
    for device_id in there.all():
        copy = await db.get(DeviceCopy, (device_id, authority_id))
        if copy is None or copy.revoked_at is None:
            await _write(db, device_id, authority_id, revoked_at=wanted[device_id], share=None)
            again += 1
    return again


def _place(device_id: UUID, authority_id: UUID) -> str:
    return f"device_copy.share:{device_id}:{authority_id}"


def _text(share: bytes) -> str:
    return urlsafe_b64encode(share).decode()


async def _write(
    db: AsyncSession, device_id: UUID, authority_id: UUID, **values: datetime | SealedBytes | None
) -> None:
    kept: dict[str, Any] = {"device_id": device_id, "authority_id": authority_id, **values}
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    await db.execute(
        insert(DeviceCopy)
        .values(kept)
        .on_conflict_do_update(index_elements=["device_id", "authority_id"], set_=values)
    )
