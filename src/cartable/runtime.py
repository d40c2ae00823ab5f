"""What one process of the server holds open: database, storage, keys."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from cartable.bus import Bus, Hint
from cartable.database import begin_read, begin_write, create_engine, end, session_maker
from cartable.sealing import Key, load_master_key
from cartable.settings import Settings
from cartable.storage import Storage, open_storage


@dataclass(frozen=True)
class Runtime:
    """The parts that every door needs.

    `wake` is set when a commit leaves work to do, `bus` is told of every number it gave.
    """

    settings: Settings
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    storage: Storage
    master_key: Key
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    bus: Bus = field(default_factory=Bus)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A read-only snapshot."""
        async with self.sessions() as db:
            await begin_read(db)
            yield db

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """One deed outside a request: committed when the block ends well, else undone."""
        async with self.sessions() as db:
            try:
                await begin_write(db)
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
                self.wake.set()
            for authority_id, (first, seq) in marks.get("heads", {}).items():
                self.bus.publish(Hint(authority_id, first, seq, marks.get("hint_only")))


@asynccontextmanager
async def open_runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """Open everything, and close it at the end."""
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = create_engine(settings.database_url)
    try:
        yield Runtime(
            settings=settings,
            engine=engine,
            sessions=session_maker(engine),
            storage=open_storage(settings),
            master_key=load_master_key(settings.master_key, settings.data / "keys"),
        )
    finally:
        await engine.dispose()
