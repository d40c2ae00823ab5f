"""Erasing an account whose days of grace are over.

One deed for each authority, then one for the account: each may be done again, so that a kill at any
moment only means going on. What stays is what the law keeps: dossiers, the answers to calls, the
lines of the journal without what they said of the person, and the name of whoever held a mandate.
"""

import logging
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable import jobs, revocations
from cartable.accounts.actions import sign_out_devices
from cartable.accounts.keys import destroy_key
from cartable.accounts.tables import (
    Account,
    Challenge,
    CodeSecret,
    Device,
    Passkey,
    RecoveryCode,
    Ticket,
)
from cartable.audit.actions import forget_person, record_for_account, record_for_authority
from cartable.authorities.actions import authority_write
from cartable.connections.tables import Identity, Journey, ProviderSession
from cartable.database import begin_write, uuid7
from cartable.mail.tables import Mail
from cartable.members.actions.invite import close_invitations
from cartable.members.tables import GroupLeader, Member, Seat, Substitute
from cartable.notifications.tables import NotificationPreference, PushSubscription
from cartable.personal.access import (
    Membership,
    keeps_an_authority,
    memberships_of,
    pending_erasure,
)
from cartable.personal.actions.purge import forget_end, purge_notes
from cartable.personal.letters import ERASED_NAME
from cartable.personal.tables import Erasure
from cartable.runtime import Runtime

ERASED_DOMAIN = "efface.invalid"
log = logging.getLogger(__name__)

_OF_ACCOUNT = (
    Passkey, CodeSecret, RecoveryCode, Challenge, Ticket, Identity, Journey, PushSubscription,
    NotificationPreference,
)  # fmt: skip
"""What goes with the account, whole."""


async def erase_due(runtime: Runtime, now: datetime) -> int:
    """Erase every account whose days of grace are over; how many.

    One whose person became the last administrator of an authority meanwhile waits; one that fails
    keeps no other person from being erased, and the whole fails at the end.
    """
    async with runtime.reading() as db:
        due = await db.execute(
            select(Erasure.id, Erasure.account_id).where(
                Erasure.due_at <= now, Erasure.cancelled_at.is_(None), Erasure.done_at.is_(None)
            )
        )
        waiting = [(row.id, row.account_id) for row in due]
    return sum(await jobs.each(*(_erase(runtime, *ids, now) for ids in waiting)))


async def _erase(runtime: Runtime, erasure_id: UUID, account_id: UUID, now: datetime) -> bool:
    """Erase one account; whether it could be."""
    async with runtime.reading() as db:
        memberships = await memberships_of(db, account_id)
    if await keeps_an_authority(runtime, memberships):
        log.warning("an erasure waits: its person is the last administrator of an authority")
        return False
    await _take_name(runtime, account_id, memberships)
    for one in memberships:
        await purge_notes(runtime, one, now)
        async with runtime.writing(one.authority_id) as db:
            await _leave(db, one, now)
    async with runtime.writing() as db:
        await _forget(db, erasure_id, account_id, now)
    return True


async def erase_again(runtime: Runtime, now: datetime) -> int:
    """Erase the accounts that a restored backup brought back, whose end the revocations remember;
    how many. They had their days of grace, and the letters."""
    taken = revocations.read(runtime.settings.revocations).accounts
    async with runtime.writing() as db:
        back = await db.scalars(
            select(Account.id).where(
                Account.id.in_(taken), Account.email.not_like(f"%@{ERASED_DOMAIN}")
            )
        )
        for account_id in back.all():
            waiting = await pending_erasure(db, account_id)
            if waiting is None:
                waiting = Erasure(id=uuid7(), account_id=account_id, asked_at=now)
                db.add(waiting)
            waiting.due_at, waiting.secret_hash = now, None
    return await erase_due(runtime, now)


async def _take_name(runtime: Runtime, account_id: UUID, memberships: list[Membership]) -> None:
    """Leave the name to who held a mandate alone. It comes first: members are numbered after, so
    that no tablet keeps the one it had."""
    for one in memberships:
        async with runtime.reading(one.authority_id) as db:
            if await _held_a_mandate(db, one):
                return
    async with runtime.writing() as db:
        account = await db.get_one(Account, account_id)
        account.civility, account.first_name, account.last_name = "", "", ERASED_NAME


async def _held_a_mandate(db: AsyncSession, one: Membership) -> bool:
    sits = exists().where(Seat.authority_id == one.authority_id, Seat.member_id == one.member_id)
    return bool(await db.scalar(select(sits)))


async def _leave(db: AsyncSession, one: Membership, now: datetime) -> None:
    """End a membership and empty it."""
    seq = await authority_write(db, one.authority_id)
    member = await db.get_one(Member, one.member_id)
    if member.deactivated_at is None:
        member.deactivated_at = now
        revocations.note(db.info, "membership_ended", member.id, now)
    await close_invitations(db, member, now)
    for table in (GroupLeader, Substitute):
        await db.execute(
            delete(table).where(
                table.authority_id == one.authority_id, table.member_id == one.member_id
            )
        )
    member.phone, member.shows_email, member.shows_phone = "", False, False
    member.group_id = None
    if not await _held_a_mandate(db, one):
        member.position = ""
    member.seq = member.access_seq = seq
    await forget_end(db, one)
    await forget_person(db, member.account_id)
    record_for_authority(db, one.authority_id, seq, "member.erased", member.id)
    await db.flush()


async def _forget(db: AsyncSession, erasure_id: UUID, account_id: UUID, now: datetime) -> None:
    await begin_write(db)
    erasure = await db.get_one(Erasure, erasure_id, with_for_update=True)
    account = await db.get_one(Account, account_id)
    await sign_out_devices(db, account_id, now)
    devices = select(Device.id).where(Device.account_id == account_id)
    await db.execute(delete(ProviderSession).where(ProviderSession.device_id.in_(devices)))
    await db.execute(update(Device).where(Device.account_id == account_id).values(name=""))
    for table in _OF_ACCOUNT:
        await db.execute(delete(table).where(table.account_id == account_id))
    await db.execute(delete(Mail).where(Mail.recipient == account.email))
    await destroy_key(db, account_id, now)
    await forget_person(db, account_id)
    account.email = f"{account_id}@{ERASED_DOMAIN}"
    account.password_hash = account.email_verified_at = None
    account.is_operator = False
    erasure.done_at, erasure.secret_hash = now, None
    await record_for_account(db, account_id, None, "account.erased")
    await db.flush()
