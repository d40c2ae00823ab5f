"""Guesses that failed, in the host's journal: enough of them to be seen, never one line each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.rules import CodeWrong, WrongCode, WrongCredentials
from cartable.accounts.throttle import PER_PAIR, take_guess
from cartable.audit.actions import record_for_account
from cartable.database import end
from cartable.errors import TooManyAttempts
from cartable.sealing import Key

LINES = 200
"""Of a quarter of an hour, for the whole host: a line of a chain is kept for ever."""


@asynccontextmanager
async def noting_failure(
    db: AsyncSession, master: Key, account_id: UUID | None, failures: int, now: datetime
) -> AsyncIterator[None]:
    """What is refused inside is undone, and noted. `failures`: how many its bucket holds.

    The same work whether the address is somebody's or not, and whichever part was wrong: the time
    taken tells nothing.
    """
    try:
        yield
    except (WrongCredentials, WrongCode, CodeWrong):
        await end(db, commit=False)
        await _note(db, master, account_id, failures, now)
        raise


async def may_note(db: AsyncSession, master: Key, now: datetime) -> bool:
    """Whether one line more of what strangers failed at is written, a write transaction then open;
    if not, everything was undone."""
    try:
        await take_guess(db, [(master.digest("guess", "failures noted"), LINES)], now)
    except TooManyAttempts:
        return False
    return True


async def _note(
    db: AsyncSession, master: Key, account_id: UUID | None, failures: int, now: datetime
) -> None:
    if (failures != 1 and failures % PER_PAIR) or not await may_note(db, master, now):
        return
    await record_for_account(db, account_id, None, "account.sign_in_failed", count=failures)
    await end(db, commit=True)
