"""Tickets: each opens one door once. An invitation (72 h), a link by e-mail or a clerk's code
(15 min).

A link's secret has 256 bits: a plain hash of it is kept. A code is typed, so it is short: its hash
is keyed, its tries are counted, and it is worth nothing without what goes with it.
"""

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.passwords import LETTERS, token_hash
from cartable.accounts.rules import (
    LIFETIMES,
    AnotherBrowser,
    CodeWrong,
    TicketUnknown,
    check_ticket,
)
from cartable.accounts.tables import Ticket
from cartable.database import begin_write, uuid7
from cartable.sealing import Key

Kind = Literal["invitation", "magic_link", "clerk_code"]


@dataclass(frozen=True)
class Issued:
    """A ticket just made: its secret and its code are known here and nowhere else."""

    id: UUID
    secret: str
    code: str
    expires_at: datetime


async def issue(
    db: AsyncSession,
    master: Key,
    kind: Kind,
    account_id: UUID,
    now: datetime,
    *,
    for_authority: UUID | None = None,
    browser_hash: str | None = None,
    is_renewal: bool = False,
) -> Issued:
    """A ticket of an account, in the caller's write transaction; those it replaces are cancelled.

    A link replaces those of the same browser only: strangers who ask for one close nobody's.
    """
    if browser_hash is None:
        await cancel(db, account_id, kind, for_authority, now)
    else:
        await _cancel(db, now, Ticket.kind == kind, Ticket.browser_hash == browser_hash)
    secret, code = secrets.token_urlsafe(32), new_code()
    ticket = Ticket(
        id=uuid7(),
        kind=kind,
        account_id=account_id,
        for_authority=for_authority,
        secret_hash=token_hash(secret) if kind != "clerk_code" else None,
        code_hash=_code_hash(master, code, browser_hash) if kind != "invitation" else None,
        browser_hash=browser_hash,
        is_renewal=is_renewal,
        created_at=now,
        expires_at=now + LIFETIMES[kind],
    )
    db.add(ticket)
    await db.flush()
    return Issued(ticket.id, secret, code, ticket.expires_at)


async def cancel(
    db: AsyncSession, account_id: UUID, kind: Kind, for_authority: UUID | None, now: datetime
) -> None:
    """Close the tickets of a kind that still wait, in the caller's write transaction."""
    await _cancel(
        db,
        now,
        Ticket.account_id == account_id,
        Ticket.kind == kind,
        Ticket.for_authority.is_not_distinct_from(for_authority),
    )


async def cancel_entries(
    db: AsyncSession, accounts: Collection[UUID] | ScalarSelect[UUID], now: datetime
) -> None:
    """Close the links and codes that wait and would open a session, whoever gave them: what allowed
    them has just changed. In the caller's write transaction."""
    await _cancel(
        db, now, Ticket.account_id.in_(accounts), Ticket.kind.in_(("magic_link", "clerk_code"))
    )


async def cancel_renewals(
    db: AsyncSession, account_id: UUID, now: datetime, for_authority: UUID | None = None
) -> bool:
    """Close the links that wait and would let somebody choose another password; whether there were
    any. `for_authority`: those that it sent."""
    criteria = [Ticket.account_id == account_id, Ticket.is_renewal.is_(True)]
    if for_authority is not None:
        criteria.append(Ticket.for_authority == for_authority)
    return await _cancel(db, now, *criteria, Ticket.expires_at > now) > 0


async def _cancel(db: AsyncSession, now: datetime, *criteria: ColumnElement[bool]) -> int:
    closed = await db.scalars(
        update(Ticket)
        .where(*criteria, Ticket.used_at.is_(None), Ticket.cancelled_at.is_(None))
        .values(cancelled_at=now)
        .returning(Ticket.id)
        .execution_options(synchronize_session=False)
    )
    return len(closed.all())


async def by_secret(db: AsyncSession, kind: Kind, secret: str, now: datetime) -> Ticket:
    """The ticket whose secret was shown, if it may still be used.

    Raises:
        TicketUnknown, TicketUsed, TicketCancelled, TicketExpired
    """
    return await _found(db, kind, Ticket.secret_hash == token_hash(secret), now)


async def by_code(
    db: AsyncSession,
    master: Key,
    kind: Kind,
    typed: str,
    now: datetime,
    *,
    browser_hash: str | None = None,
) -> Ticket:
    """The ticket whose code was typed; that of a message, in the browser that asked for it.

    Why it does not open is said to whoever has the right code, and to nobody else.

    Raises:
        CodeWrong: no such code; TicketUsed, TicketCancelled, TicketExpired
    """
    try:
        hashed = _code_hash(master, typed_code(typed), browser_hash)
        return await _found(db, kind, Ticket.code_hash == hashed, now)
    except TicketUnknown:
        raise CodeWrong from None


def check_browser(ticket: Ticket, browser_hash: str) -> None:
    """A link opens in the browser that asked for it.

    Raises:
        AnotherBrowser
    """
    if not hmac.compare_digest(ticket.browser_hash or "", browser_hash):
        raise AnotherBrowser


async def use(db: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """Use a ticket up, in the caller's write transaction: of two at once, one succeeds.

    Raises:
        TicketUnknown, TicketUsed, TicketCancelled, TicketExpired
    """
    done = await db.scalar(
        update(Ticket)
        .where(
            Ticket.id == ticket.id,
            Ticket.used_at.is_(None),
            Ticket.cancelled_at.is_(None),
            Ticket.expires_at > now,
        )
        .values(used_at=now)
        .returning(Ticket.id)
        .execution_options(synchronize_session=False)
    )
    if done is None:
        await _found(db, None, Ticket.id == ticket.id, now)
        raise TicketUnknown


async def forget_old_tickets(db: AsyncSession, before: datetime) -> None:
    """Remove tickets that ended before `before`: until then they can say why they do not open."""
    await begin_write(db)
    await db.execute(delete(Ticket).where(Ticket.expires_at < before))


async def _found(
    db: AsyncSession, kind: Kind | None, criterion: ColumnElement[bool], now: datetime
) -> Ticket:
    wanted = select(Ticket).where(criterion)
    if kind is not None:
        wanted = wanted.where(Ticket.kind == kind)
    ticket = await db.scalar(wanted, execution_options={"populate_existing": True})
    if ticket is None:
        raise TicketUnknown
    check_ticket(ticket.used_at, ticket.cancelled_at, ticket.expires_at, now)
    return ticket


def new_code() -> str:
    """Eight characters without look-alikes: 39 bits."""
    return "".join(secrets.choice(LETTERS) for _ in range(8))


def typed_code(typed: str) -> str:
    """A code as it was made, however it is typed: capitals, blanks and dashes are nothing."""
    return "".join(c for c in typed.casefold() if c.isalnum())[:40]


def shown_code(code: str) -> str:
    """A code as it is read aloud: two groups of four capitals."""
    return f"{code[:4]} {code[4:]}".upper()


def _code_hash(master: Key, code: str, browser_hash: str | None) -> str:
    return master.digest("ticket_code", f"{browser_hash or ''}|{code}")
