"""Hints between the processes of one server: PostgreSQL's LISTEN and NOTIFY.

On a connection of its own, after the commit: a NOTIFY inside a deed's transaction would make the
commits of all authorities wait for each other, and one lost with this connection is harmless.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from cartable.bus import Bus, Hint
from cartable.runtime import Runtime

CHANNEL = "cartable_hints"
HEARTBEAT = 30.0
"""Seconds of silence after which the connection is tried: one that died may not say so."""

ANSWERED_IN = 5.0
AGAIN_IN = 3.0
MOST_WAITING = 2_000
_NOTIFY = "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload"

log = logging.getLogger(__name__)


class Relay:
    """Gives to the other processes what this one commits, and to its bus what they do.

    Nothing is kept for a server that is away: the net finds it.
    """

    def __init__(self, url: str, bus: Bus) -> None:
        self._url, self._bus = url, bus
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)
        self._ready = asyncio.Event()

    def give(self, hint: Hint) -> None:
        """Take a hint of this process."""
        self._waiting.append(msgspec.json.encode(hint).decode())
        self._ready.set()

    async def run(self) -> None:
        """Keep the connection until cancelled."""
        engine = create_async_engine(self._url, poolclass=NullPool)
        while True:
            try:
                async with engine.connect() as connection:
                    await self._carry((await connection.get_raw_connection()).driver_connection)
            except Exception:
                log.exception("hints do not pass between processes")
            await asyncio.sleep(AGAIN_IN)

    async def _carry(self, driver: Any) -> None:
        """Hear and give until the connection breaks. `driver` is asyncpg's own connection."""
        own = driver.get_server_pid()

        def hear(_driver: Any, sender: int, _channel: str, payload: str) -> None:
            if sender != own:
                self._bus.hear(msgspec.json.decode(payload, type=Hint))

        driver.add_termination_listener(lambda _driver: self._ready.set())
        await driver.add_listener(CHANNEL, hear)
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT):
                    await self._ready.wait()
            self._ready.clear()
            given = [*self._waiting]
            self._waiting.clear()
            await driver.execute(_NOTIFY, CHANNEL, given, timeout=ANSWERED_IN)


@asynccontextmanager
async def relayed(runtime: Runtime) -> AsyncIterator[None]:
    """The relay of this process, while the block lasts."""
    relay = Relay(runtime.settings.database_url, runtime.bus)
    runtime.bus.outlet = relay.give
    task = asyncio.create_task(relay.run())
    try:
        yield
    finally:
        runtime.bus.outlet = None
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
