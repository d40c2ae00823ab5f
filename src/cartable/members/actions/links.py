"""Signing in by a link sent by e-mail, for councillors of authorities that allow it.

What is answered, and how soon, tells nothing of who exists: the worker looks.
"""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable import jobs
from cartable.accounts import tickets
from cartable.accounts.actions import open_session
from cartable.accounts.actions.codes import has_codes
from cartable.accounts.passwords import token_hash
from cartable.accounts.rules import CodeWrong
from cartable.accounts.tables import Account, Device, LinkSwitch, Ticket
from cartable.accounts.throttle import (
    Guesser,
    buckets_of_asking,
    buckets_of_given_code,
    forget_guesses,
    take_guess,
)
from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.database import begin_write, end
from cartable.mail.actions import send_mail
from cartable.members import letters
from cartable.members.actions.enter import enter
from cartable.members.rules import may_have_link
from cartable.members.tables import Member
from cartable.runtime import Runtime
from cartable.sealing import Key, SealedBytes
from cartable.tenancy import across_authorities

ASKED = "members.link_asked"
_PLACE = "job.body:link_asked"

Entered = tuple[Account, Device, str]
"""Whose session, its device, its secret."""


class _Asked(msgspec.Struct):
    email: str
    browser_hash: str


async def ask_link(
    db: AsyncSession, master: Key, email: str, browser: str, guesser: Guesser, now: datetime
) -> None:
    """Ask for a link, whoever it is: the same work for all. `browser`: the secret of its cookie.

    Raises:
        TooManyAttempts
    """
    plain = email.strip().lower()
    await take_guess(db, buckets_of_asking(master, plain, guesser), now)
    asked = msgspec.json.encode(_Asked(plain, token_hash(browser)))
    body = {"sealed": b64encode(master.seal(asked, _PLACE)).decode()}
    await jobs.enqueue(db, ASKED, body, due_at=now)


async def send_link(runtime: Runtime, body: Mapping[str, Any], now: datetime) -> None:
    """`members.link_asked`: write to the person, if there is one who may enter so."""
    sealed = SealedBytes(b64decode(body["sealed"]))
    asked = msgspec.json.decode(runtime.master_key.open(sealed, _PLACE), type=_Asked)
    async with runtime.reading() as db:
        account = await db.scalar(select(Account).where(Account.email == asked.email))
        if account is None or account.email_verified_at is None or await has_codes(db, account.id):
            return
        mine = select(Member.authority_id, Member.roles).where(
            Member.account_id == account.id,
            Member.accepted_at.is_not(None),
            Member.deactivated_at.is_(None),
        )
        async with across_authorities(db, "memberships", account.id):
            memberships = (await db.execute(mine)).all()
    allowed = [await _is_allowed(runtime, row.authority_id) for row in memberships]
    if not may_have_link([frozenset(row.roles) for row in memberships], allowed):
        return
    async with runtime.writing() as db:
        issued = await tickets.issue(
            db, runtime.master_key, "magic_link", account.id, now, browser_hash=asked.browser_hash
        )
        written = letters.magic_link(
            f"{account.first_name} {account.last_name}",
            f"{db.info['origin']}/lien#{issued.secret}",
            tickets.shown_code(issued.code),
        )
        await send_mail(
            db,
            to=account.email,
            subject=written.subject,
            text=written.text,
            authority_id=memberships[0].authority_id,
            until=issued.expires_at,
        )


async def _is_allowed(runtime: Runtime, authority_id: Any) -> bool:
    async with runtime.reading(authority_id) as db:
        switch = await db.get(LinkSwitch, authority_id)
    return switch is not None and switch.is_enabled


async def open_link(
    db: AsyncSession, secret: str, browser: str, device_name: str, now: datetime
) -> Entered:
    """Sign in by the link of a message, in the browser that asked for it.

    Raises:
        TicketUnknown, TicketUsed, TicketCancelled, TicketExpired, AnotherBrowser
    """
    await begin_write(db)
    ticket = await tickets.by_secret(db, "magic_link", secret, now)
    tickets.check_browser(ticket, token_hash(browser))
    return await _open(db, ticket, device_name, now)


async def open_mailed_code(
    db: AsyncSession, master: Key, typed: str, browser: str, device_name: str, now: datetime
) -> Entered:
    """Sign in by the code of a message, typed in the browser that asked for it.

    Raises:
        CodeWrong, TicketUsed, TicketCancelled, TicketExpired
    """
    if not browser:
        raise CodeWrong
    ticket = await tickets.by_mailed_code(db, master, token_hash(browser), typed, now)
    return await _open(db, ticket, device_name, now)


async def open_given_code(
    db: AsyncSession, master: Key, typed: str, device_name: str, guesser: Guesser, now: datetime
) -> Entered:
    """Sign in by the code that a clerk gave.

    Raises:
        TooManyAttempts, CodeWrong, TicketUsed, TicketCancelled, TicketExpired
    """
    buckets = buckets_of_given_code(master, guesser)
    await take_guess(db, buckets, now)
    await end(db, commit=True)
    await begin_write(db)
    ticket = await tickets.by_clerk_code(db, master, typed, now)
    await forget_guesses(db, buckets)
    return await _open(db, ticket, device_name, now)


async def _open(db: AsyncSession, ticket: Ticket, device_name: str, now: datetime) -> Entered:
    await tickets.use(db, ticket, now)
    account = await db.get_one(Account, ticket.account_id)
    device, token = await open_session(db, account, device_name, ticket.kind, now)
    return account, device, token


def new_browser() -> str:
    """A secret for the cookie of a browser that asks."""
    return secrets.token_urlsafe(32)


async def switch_links(db: AsyncSession, actor: Actor, to_enabled: bool) -> None:
    """Let councillors of an authority sign in by a link sent to them, or not.

    Raises:
        RoleMissing
    """
    seq = await enter(db, actor, "admin")
    await db.merge(LinkSwitch(authority_id=actor.authority_id, is_enabled=to_enabled))
    record(db, actor, seq, "links.enabled" if to_enabled else "links.disabled")
    await db.flush()


async def are_links_enabled(db: AsyncSession, actor: Actor) -> bool:
    """Whether councillors of an authority may sign in by a link."""
    switch = await db.get(LinkSwitch, actor.authority_id)
    return switch is not None and switch.is_enabled
