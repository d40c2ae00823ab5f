"""Asking that an account be erased, and changing one's mind."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable import jobs
from cartable.accounts.passwords import token_hash
from cartable.accounts.tables import Account
from cartable.actor import Actor, Person
from cartable.audit.actions import record, record_for_account
from cartable.authorities.tables import Authority
from cartable.database import begin_write, uuid7
from cartable.errors import NotFound
from cartable.mail.actions.write import send_mail
from cartable.mail.french import moment
from cartable.members.access import member_of
from cartable.members.actions.alone import account_alone, belongs_elsewhere
from cartable.members.actions.enter import enter
from cartable.members.rules import AccountShared, LastAdministrator
from cartable.personal import letters
from cartable.personal.access import (
    Membership,
    is_last_administrator,
    keeps_an_authority,
    memberships_of,
    pending_erasure,
)
from cartable.personal.rules import GRACE
from cartable.personal.tables import Erasure
from cartable.runtime import Runtime

ERASE = "personal.erase"
ZONE = "Europe/Paris"
"""An account belongs to no authority: letters about it tell the time of metropolitan France."""


async def ask_erasure(db: AsyncSession, runtime: Runtime, person: Person, now: datetime) -> None:
    """Ask that one's own account be erased after the days of grace. Again changes nothing.

    Raises:
        LastAdministrator: an authority would be left without any.
    """
    if await keeps_an_authority(runtime, await memberships_of(db, person.account_id)):
        raise LastAdministrator
    await begin_write(db)
    await account_alone(db, person.account_id)
    if await pending_erasure(db, person.account_id) is not None:
        return
    await _enter(db, person.account_id, now)
    await record_for_account(db, person.account_id, person.device_id, "account.erasure_asked")


async def ask_member_erasure(
    db: AsyncSession, actor: Actor, member_id: UUID, now: datetime
) -> Erasure:
    """Enter in the register that a member asked, by another way, that their account be erased.

    Raises:
        NotFound
        AccountShared: they belong to another authority too, and ask themselves.
        LastAdministrator
    """
    seq = await enter(db, actor, "admin")
    member = await member_of(db, actor, member_id)
    if await belongs_elsewhere(db, member):
        raise AccountShared
    if await is_last_administrator(db, Membership(actor.authority_id, member.id)):
        raise LastAdministrator
    waiting = await pending_erasure(db, member.account_id)
    if waiting is None:
        authority = await db.get_one(Authority, actor.authority_id)
        waiting = await _enter(db, member.account_id, now, authority, member.id)
    record(db, actor, seq, "member.erasure_asked", member.id)
    await db.flush()
    return waiting


async def _enter(
    db: AsyncSession,
    account_id: UUID,
    now: datetime,
    authority: Authority | None = None,
    member_id: UUID | None = None,
) -> Erasure:
    account = await db.get_one(Account, account_id)
    secret = secrets.token_urlsafe(32)
    asked = Erasure(
        id=uuid7(),
        account_id=account_id,
        for_authority=authority.id if authority else None,
        for_member=member_id,
        secret_hash=token_hash(secret),
        asked_at=now,
        due_at=now + GRACE,
    )
    db.add(asked)
    await db.flush()
    letter = letters.erasure_asked(
        f"{account.first_name} {account.last_name}",
        moment(asked.due_at, ZONE),
        # After the `#`: no server on the way sees it, and only a POST acts.
        f"{db.info['origin']}/effacement#{secret}",
        authority.name if authority else "",
    )
    await send_mail(db, to=account.email, subject=letter.subject, text=letter.text)
    await jobs.enqueue(db, ERASE, {}, due_at=asked.due_at)
    return asked


async def cancel_erasure(db: AsyncSession, person: Person, now: datetime) -> None:
    """Keep one's account after all. Without a request nothing changes."""
    await begin_write(db)
    await account_alone(db, person.account_id)
    asked = await pending_erasure(db, person.account_id)
    if asked is not None and asked.due_at > now:
        await _cancel(db, asked, person.device_id, now)


async def cancel_by_link(db: AsyncSession, secret: str, now: datetime) -> None:
    """The same, by the link of the message, without signing in.

    Raises:
        NotFound: it is not one of ours, or everything was settled already.
    """
    await begin_write(db)
    asked = await db.scalar(select(Erasure).where(Erasure.secret_hash == token_hash(secret)))
    if asked is None or asked.due_at <= now:
        raise NotFound
    await account_alone(db, asked.account_id)
    await _cancel(db, asked, None, now)


async def _cancel(db: AsyncSession, asked: Erasure, device_id: UUID | None, now: datetime) -> None:
    asked.cancelled_at, asked.secret_hash = now, None
    account = await db.get_one(Account, asked.account_id)
    letter = letters.erasure_cancelled(f"{account.first_name} {account.last_name}")
    await send_mail(db, to=account.email, subject=letter.subject, text=letter.text)
    await record_for_account(db, asked.account_id, device_id, "account.erasure_cancelled")
    await db.flush()
