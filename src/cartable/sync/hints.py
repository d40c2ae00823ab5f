"""The stream of hints, and the net under it (sync.md, section 8).

Server-sent events (WHATWG HTML, section 9.2). The person's authorities are looked up when a stream
opens; it ends after a quarter of an hour, so that the guard is passed again.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Person
from cartable.authorities.tables import AuthorityHead
from cartable.bus import Bus, Listener
from cartable.members.access import readable_memberships
from cartable.members.tables import Member
from cartable.runtime import Runtime
from cartable.sync.relay import relayed
from cartable.sync.shapes import HintEvent
from cartable.tenancy import across_authorities

OPEN_FOR = 15 * 60.0
BEAT = 20.0
"""Seconds without a hint after which a comment keeps proxies from closing the stream."""

STUCK = 60.0
"""Seconds a reader may leave unread what it was sent."""

PAUSE = 0.3
"""Seconds between two messages: an import of fifty pieces is not fifty messages to everybody."""

NET_EVERY = 4.0
RETRY, RETRY_MORE, RETRY_REPLACED = 2_000, 6_000, 60_000
"""Milliseconds until a reader comes back: drawn for each stream, so that after a restart not
everybody comes at once, and long for one whose place was taken by newer ones."""

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    # nginx keeps answers until its buffer is full unless it is told not to.
    (b"x-accel-buffering", b"no"),
]

log = logging.getLogger(__name__)


async def followed_heads(db: AsyncSession, person: Person) -> dict[UUID, int]:
    """The authorities where the person is an active member, and the last number of each."""
    heads = (
        readable_memberships(person)
        .join(AuthorityHead, AuthorityHead.authority_id == Member.authority_id)
        .with_only_columns(AuthorityHead.authority_id, AuthorityHead.seq)
    )
    async with across_authorities(db, "memberships", person.account_id):
        return {row.authority_id: row.seq for row in await db.execute(heads)}


class HintStream:
    """An ASGI application that answers one GET with hints, the heads as they are being the first.

    It holds no connection of the database.
    """

    def __init__(self, bus: Bus, person: Person, heads: Mapping[UUID, int]) -> None:
        self._bus = bus
        self._listener = Listener(person.account_id, person.device_id, heads)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer until the reader leaves, the time is over, or the server stops."""
        # What the request read is given back now, not in a quarter of an hour.
        if (db := scope.pop("cartable_db", None)) is not None:
            await db.close()
        with self._bus.listening(self._listener):
            watch = asyncio.create_task(self._watch(receive))
            try:
                # A reader that takes nothing any more is left to its silence.
                with suppress(TimeoutError):
                    await self._tell(send)
            finally:
                watch.cancel()

    async def _watch(self, receive: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._listener.end()

    async def _tell(self, send: Any) -> None:
        now = asyncio.get_running_loop().time
        ends = now() + OPEN_FOR
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        first = f"retry: {RETRY + secrets.randbelow(RETRY_MORE)}\n\n"
        await _write(send, first + _events(self._listener.heads))
        while not self._listener.is_over and (left := ends - now()) > 0:
            told = await self._listener.wait(min(BEAT, left))
            await _write(send, _events(told) or ":\n\n")
            await asyncio.sleep(min(PAUSE, left))
        last = f"retry: {RETRY_REPLACED}\n\n" if self._listener.is_replaced else ""
        await _write(send, last, is_last=True)


def _events(numbers: Mapping[UUID, int]) -> str:
    lines = (
        msgspec.json.encode(HintEvent(authority=authority_id, seq=seq)).decode()
        for authority_id, seq in numbers.items()
    )
    return "".join(f"data: {line}\n\n" for line in lines)


async def _write(send: Any, text: str, *, is_last: bool = False) -> None:
    """Send a part of the stream.

    Raises:
        TimeoutError: the reader does not read.
    """
    async with asyncio.timeout(STUCK):
        await send({"type": "http.response.body", "body": text.encode(), "more_body": not is_last})


@asynccontextmanager
async def hinting(runtime: Runtime) -> AsyncIterator[None]:
    """While the block lasts, hints of other processes reach this one, and its own reach them."""
    relay = nullcontext() if runtime.settings.is_sqlite else relayed(runtime)
    async with relay, netted(runtime):
        yield


@asynccontextmanager
async def netted(runtime: Runtime) -> AsyncIterator[None]:
    """While the block lasts, whatever hint was lost is found by looking at the database."""
    net = asyncio.create_task(_net(runtime))
    try:
        yield
    finally:
        net.cancel()
        with suppress(asyncio.CancelledError):
            await net


async def _net(runtime: Runtime) -> None:
    while True:
        await asyncio.sleep(NET_EVERY)
        if not (followed := runtime.bus.followed):
            continue
        try:
            runtime.bus.check(await _read_heads(runtime, followed))
        except Exception:
            # The database is away: the next look may find it.
            log.exception("the heads could not be read")


async def _read_heads(runtime: Runtime, followed: list[UUID]) -> dict[UUID, int]:
    heads = select(AuthorityHead.authority_id, AuthorityHead.seq)
    async with runtime.reading() as db, across_authorities(db, "heads"):
        rows = await db.execute(heads.where(AuthorityHead.authority_id.in_(followed)))
        return {row.authority_id: row.seq for row in rows}
