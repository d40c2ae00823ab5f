"""What one process of the server holds open: database, storage, keys."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from cartable.bus import Bus, Hint
from cartable.database import begin_read, begin_write, create_engine, end, session_maker
from cartable.keys import MasterKey, match_database, open_master_key
from cartable.settings import Settings
from cartable.storage import Storage, open_storage
from cartable.tenancy import bind

Part = TypeVar("Part")


class Bell:
    """Wakes all who wait. A ring is counted: nobody who was busy meanwhile misses it."""

    def __init__(self) -> None:
        self.rings = 0
        self._next = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody."""
        self.rings += 1
        self._next.set()
        self._next = asyncio.Event()

    async def after(self, rings: int) -> None:
        """Return once the bell has rung more than `rings` times."""
        if self.rings <= rings:
            await self._next.wait()


@dataclass(frozen=True)
class Runtime:
    """The parts that every door needs.

    `wake` is set when a commit leaves work to do, `bus` is told of every number it gave.
    """

    settings: Settings
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    storage: Storage
    master_key: MasterKey
    wake: Bell = field(default_factory=Bell)
    bus: Bus = field(default_factory=Bus)
    _opened: AsyncExitStack = field(default_factory=AsyncExitStack, repr=False)
    _parts: dict[Any, Any] = field(default_factory=dict, repr=False)
    _opening: dict[Any, asyncio.Lock] = field(default_factory=dict, repr=False)

    async def part(self, open_it: Callable[[Self], AbstractAsyncContextManager[Part]]) -> Part:
        """What a domain opens at its first need, once in this process; closed with the rest.

        A part may need others.
        """
        async with self._opening.setdefault(open_it, asyncio.Lock()):
            if open_it not in self._parts:
                self._parts[open_it] = await self._opened.enter_async_context(open_it(self))
        made: Part = self._parts[open_it]
        return made

    async def close(self) -> None:
        """Close the parts that domains opened."""
        await self._opened.aclose()

    @asynccontextmanager
    async def reading(self, authority_id: UUID | None = None) -> AsyncIterator[AsyncSession]:
        """A read-only snapshot, confined to the authority when one is named (tenancy.py)."""
        async with self.sessions() as db:
            await begin_read(db)
            if authority_id is not None:
                await bind(db, authority_id)
            yield db

    @asynccontextmanager
    async def writing(self, authority_id: UUID | None = None) -> AsyncIterator[AsyncSession]:
        """One deed outside a request: committed when the block ends well, else undone.

        A deed that reads before it takes the head of its authority names it here.
        """
        async with self.sessions() as db:
            try:
                await begin_write(db)
                if authority_id is not None:
                    await bind(db, authority_id)
                yield db
            except BaseException:
                await end(db, commit=False)
                raise
            else:
                await end(db, commit=True)
            finally:
                self.notice(db)

    def notice(self, db: AsyncSession) -> None:
        """Tell the worker and the streams of this process what the session has committed."""
        for marks in db.info.pop("committed", ()):
            if "enqueued" in marks:
                self.wake.ring()
            for authority_id, (first, seq) in marks.get("heads", {}).items():
                self.bus.publish(Hint(authority_id, first, seq, marks.get("hint_only")))


@asynccontextmanager
async def open_runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """Open everything, and close it at the end."""
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = create_engine(settings.database_url)
    try:
        master_key = open_master_key(settings)
        runtime = Runtime(
            settings=settings,
            engine=engine,
            sessions=session_maker(
                engine, settings.revocations, master_key=master_key, origin=settings.address
            ),
            storage=open_storage(settings),
            master_key=master_key,
        )
        await match_database(master_key, runtime.sessions)
        try:
            yield runtime
        finally:
            await runtime.close()
    finally:
        await engine.dispose()
