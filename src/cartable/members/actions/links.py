"""Signing in by a link sent by e-mail, for councillors of authorities that allow it.

What is answered, and how soon, tells nothing of who exists: the worker looks.
"""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable import jobs
from cartable.accounts import tickets
from cartable.accounts.actions import open_session
from cartable.accounts.actions.codes import has_codes
from cartable.accounts.actions.enter import second_steps
from cartable.accounts.actions.failures import noting_failure
from cartable.accounts.passwords import token_hash
from cartable.accounts.rules import CodeWrong, TicketCancelled
from cartable.accounts.tables import Account, Device, LinkSwitch, Ticket
from cartable.accounts.throttle import (
    Buckets,
    Guesser,
    buckets_of_asking,
    buckets_of_door,
    buckets_of_given_code,
    buckets_of_mailed_code,
    forget_guesses,
    take_guess,
)
from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.database import begin_write, end
from cartable.errors import Conflict
from cartable.mail.actions import send_mail
from cartable.members import letters
from cartable.members.actions.alone import account_alone
from cartable.members.actions.enter import enter
from cartable.members.actions.give_code import check_may_have_code
from cartable.members.rules import may_have_link
from cartable.members.tables import Member
from cartable.runtime import Runtime
from cartable.sealing import Key, SealedBytes
from cartable.tenancy import across_authorities, bind

ASKED = "members.link_asked"
_PLACE = "job.body:link_asked"

_NOT_PROVED = timedelta(days=1)
"""Longer ago than any deed that weighs much allows."""

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
    await forget_guesses(db, buckets_of_mailed_code(master, token_hash(browser)))
    asked = msgspec.json.encode(_Asked(plain, token_hash(browser)))
    body = {"sealed": b64encode(master.seal(asked, _PLACE)).decode()}
    await jobs.enqueue(db, ASKED, body, due_at=now)


async def send_link(runtime: Runtime, body: Mapping[str, Any], now: datetime) -> None:
    """`members.link_asked`: write to the person, if there is one who may enter so."""
    sealed = SealedBytes(b64decode(body["sealed"]))
    asked = msgspec.json.decode(runtime.master_key.open(sealed, _PLACE), type=_Asked)
    async with runtime.reading() as db:
        account = await db.scalar(select(Account).where(Account.email == asked.email))
        opens = await _opened_by_link(db, account) if account else []
    if account is None or not opens:
        return
    if not all([await _is_allowed(runtime, authority_id) for authority_id in opens]):
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
            authority_id=opens[0],
            until=issued.expires_at,
        )


async def _opened_by_link(db: AsyncSession, account: Account) -> list[UUID]:
    """The authorities that a link would open; none for whoever a link is not for."""
    if account.email_verified_at is None or account.is_operator or await has_codes(db, account.id):
        return []
    mine = select(Member.authority_id, Member.roles).where(
        Member.account_id == account.id,
        Member.accepted_at.is_not(None),
        Member.deactivated_at.is_(None),
    )
    async with across_authorities(db, "memberships", account.id):
        memberships = (await db.execute(mine)).all()
    may = may_have_link([frozenset(row.roles) for row in memberships])
    return [row.authority_id for row in memberships] if may else []


async def _is_allowed(runtime: Runtime, authority_id: UUID) -> bool:
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
    return await _open_mailed(db, ticket, device_name, now)


async def open_mailed_code(
    db: AsyncSession,
    master: Key,
    typed: str,
    browser: str,
    device_name: str,
    guesser: Guesser,
    now: datetime,
) -> Entered:
    """Sign in by the code of a message, typed in the browser that asked for it.

    Any cookie has a count of its own: their network has one too, so that they stay few.

    Raises:
        TooManyAttempts, CodeWrong, TicketUsed, TicketCancelled, TicketExpired
    """
    if not browser:
        raise CodeWrong
    browser_hash = token_hash(browser)
    buckets = [*buckets_of_mailed_code(master, browser_hash), *buckets_of_door(master, guesser)]
    await _take(db, buckets, now)
    ticket = await tickets.by_code(db, master, "magic_link", typed, now, browser_hash=browser_hash)
    await forget_guesses(db, buckets)
    return await _open_mailed(db, ticket, device_name, now)


async def open_given_code(
    db: AsyncSession, master: Key, typed: str, device_name: str, guesser: Guesser, now: datetime
) -> Entered:
    """Sign in by the code that a clerk gave.

    Raises:
        TooManyAttempts, CodeWrong, TicketUsed, TicketExpired
        TicketCancelled: also when no code could be given to this person any more.
    """
    buckets = buckets_of_given_code(master, guesser)
    failures = await _take(db, buckets, now)
    async with noting_failure(db, master, None, failures, now):
        ticket = await tickets.by_code(db, master, "clerk_code", typed, now)
    if ticket.for_authority is None:
        raise RuntimeError("a clerk gives a code for an authority")
    await bind(db, ticket.for_authority)
    members = select(Member).where(
        Member.authority_id == ticket.for_authority, Member.account_id == ticket.account_id
    )
    await account_alone(db, ticket.account_id)
    member = (await db.scalars(members.execution_options(populate_existing=True))).one()
    try:
        await check_may_have_code(db, member)
    except Conflict:
        raise TicketCancelled from None
    await forget_guesses(db, buckets)
    # Whoever types it may be the clerk.
    return await _open(db, ticket, device_name, now, proved_at=now - _NOT_PROVED)


async def _take(db: AsyncSession, buckets: Buckets, now: datetime) -> int:
    """Count a try for good, whatever becomes of it; a write transaction is open afterwards."""
    failures = await take_guess(db, buckets, now)
    await end(db, commit=True)
    await begin_write(db)
    return failures


async def _open_mailed(
    db: AsyncSession, ticket: Ticket, device_name: str, now: datetime
) -> Entered:
    """What allowed a link may have ended since it was sent.

    A mailbox proves less than a passkey: whoever has one shows it before what weighs much.
    """
    await account_alone(db, ticket.account_id)
    account = await db.get_one(Account, ticket.account_id, populate_existing=True)
    if not await _opened_by_link(db, account):
        raise TicketCancelled
    proved_at = now - _NOT_PROVED if await second_steps(db, account.id) else now
    return await _open(db, ticket, device_name, now, proved_at=proved_at)


async def _open(
    db: AsyncSession, ticket: Ticket, device_name: str, now: datetime, *, proved_at: datetime
) -> Entered:
    await tickets.use(db, ticket, now)
    account = await db.get_one(Account, ticket.account_id)
    device, token = await open_session(
        db, account, device_name, ticket.kind, now, proved_at=proved_at
    )
    return account, device, token


def new_browser() -> str:
    """A secret for the cookie of a browser that asks."""
    return secrets.token_urlsafe(32)


async def switch_links(db: AsyncSession, actor: Actor, to_enabled: bool, now: datetime) -> None:
    """Let councillors of an authority sign in by a link sent to them, or not: links on their way
    open nothing then.

    Raises:
        RoleMissing
    """
    seq = await enter(db, actor, "admin")
    await db.merge(LinkSwitch(authority_id=actor.authority_id, is_enabled=to_enabled))
    if not to_enabled:
        # Whoever only invites an address must not close what another authority gave it.
        ours = select(Member.account_id).where(
            Member.authority_id == actor.authority_id, Member.accepted_at.is_not(None)
        )
        await tickets.cancel_entries(db, ours.scalar_subquery(), now)
    record(db, actor, seq, "links.enabled" if to_enabled else "links.disabled")
    await db.flush()


async def are_links_enabled(db: AsyncSession, actor: Actor) -> bool:
    """Whether councillors of an authority may sign in by a link."""
    switch = await db.get(LinkSwitch, actor.authority_id)
    return switch is not None and switch.is_enabled
