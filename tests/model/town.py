"""The server of the model: its real actions on a database in memory, answered as its routes do."""

import asyncio
import os
import random
import sqlite3
import tempfile
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import update
from sqlalchemy.sql import selectable

from cartable import database
from cartable.accounts.access import signed_in_person
from cartable.accounts.actions import sign_out_device
from cartable.accounts.passwords import token_hash
from cartable.accounts.rules import Limits
from cartable.accounts.tables import Device
from cartable.errors import CartableError, NotFound, NotSignedIn
from cartable.members.access import actor_in
from cartable.runtime import Runtime, open_runtime
from cartable.schema import migrate
from cartable.settings import Settings
from cartable.sittings.actions import prepare
from cartable.sync import actions as pulling
from cartable.sync import push as pushing
from cartable.sync.restoring import restored
from cartable.sync.shapes import PullRequest, PushRequest
from tests.isolation.eyes import Seeing
from tests.model.ledger import Violation
from tests.model.memory import Memory, without_waiting
from tests.model.tablets import Tablet
from tests.model.watch import Watch
from tests.sync import deeds
from tests.sync.world import Deed, World

FOR_EVER = Limits(*[timedelta(days=36_500)] * 3)
"""A session that is over is one that the server does not know: a restore makes enough of those."""

NOBODY = UUID(int=0)
START = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """A request as it left a tablet; `etag` is what it knows of the head."""

    kind: str
    token: str
    body: Any
    etag: str | None = None


@dataclass(frozen=True)
class Reply:
    """What the server answers."""

    status: int
    body: Any
    etag: str | None = None


class Town(World):
    """One authority whose whole state can be set aside and put back."""

    def __init__(self, runtime: Runtime, memory: Memory) -> None:
        super().__init__(runtime, 0)
        self.memory, self.watch = memory, Watch(memory)
        self.applied: Counter[str] = Counter()
        self.backups: list[tuple[datetime, bytes, Counter[str]]] = []

    def begin(self, seed: int, template: bytes, watch: Watch) -> "Town":
        """The same town at its first day, for another history."""
        town = copy(self)
        town.watch = watch
        town.chance, town.now = random.Random(seed), START
        town.people, town.told, town.backups = dict(self.people), [], []
        town.applied = Counter()
        self.runtime.settings.revocations.unlink(missing_ok=True)
        self.memory.put_back(template)
        return town

    @property
    def milliseconds(self) -> int:
        """The true time, as tablets count it."""
        return int(self.now.timestamp() * 1000)

    @asynccontextmanager
    async def request(self) -> AsyncIterator[Any]:
        """The session of one request: a snapshot until a deed begins to write."""
        async with self.runtime.sessions() as db:
            try:
                await database.begin_read(db)
                yield db
            except BaseException:
                await database.end(db, commit=False)
                raise
            await database.end(db, commit=True)

    async def answer(self, asked: Asked) -> Reply:
        """What the route of a request answers, refusals included."""
        self.watch.take()
        try:
            async with self.request() as db:
                reply = await self._serve(db, asked)
        except CartableError as error:
            self.watch.take()
            return Reply(error.status, {"code": error.code, "details": error.details})
        except Exception as error:
            raise Violation(f"the server broke on a {asked.kind}: {error!r}") from error
        return reply

    async def _serve(self, db: Any, asked: Asked) -> Reply:
        found = await signed_in_person(db, asked.token, self.now, FOR_EVER)
        if found is None:
            raise NotSignedIn
        actor = await actor_in(db, found[0], self.authority_id)
        if asked.kind == "head":
            head = await pulling.read_head(db, actor)
            etag = f'"{head.epoch.hex}-{head.seq}"'
            return Reply(304, None, etag) if etag == asked.etag else Reply(200, head, etag)
        master = self.runtime.master_key
        if asked.kind == "pull":
            limit = self.chance.choice([2, 5, 20, 500])
            pull = msgspec.convert({**asked.body, "limit": limit}, PullRequest)
            pulled = await pulling.pull_changes(db, actor, master, pull, self.now)
            return Reply(200, pulled)
        push = msgspec.convert(asked.body, PushRequest)
        return Reply(200, await pushing.push_changes(db, actor, master, push, self.now))

    async def sign_in_on(self, tablet: Tablet) -> None:
        """Its person signs in on a tablet: another session of the same installation."""
        await self.sign_in(tablet.member)
        person = self.people[tablet.member]
        tablet.token = uuid.uuid4().hex
        tablet.device_id = person.device_id
        async with self.runtime.writing() as db:
            same = Device.id == person.device_id
            named = {"token_hash": token_hash(tablet.token), "name": tablet.name}
            await db.execute(update(Device).where(same).values(**named))

    async def revoke(self, tablet: Tablet) -> None:
        """Its person signs it out from elsewhere, as one does with a tablet that is lost."""
        person = self.people[tablet.member]
        with suppress(NotFound):
            async with self.runtime.writing() as db:
                await sign_out_device(db, person, tablet.device_id, self.now)

    def state_of(self, tablet: Tablet, token: str = "") -> str:
        """`open`, `out` (signed out, to be emptied), `unknown` to the server, or `ended`.

        `token` is that of an earlier session of the tablet.
        """
        if self.has_left(tablet.member):
            return "ended"
        found = self.memory.one(
            "SELECT signed_out_at FROM device WHERE token_hash = ?",
            token_hash(token or tablet.token),
        )
        if found is None:
            return "unknown"
        return "open" if found[0] is None else "out"

    def has_left(self, name: str) -> bool:
        """Whether somebody's membership has ended."""
        ended = self.memory.one(
            "SELECT deactivated_at FROM member WHERE id = ?", self.members[name].hex
        )
        return ended[0] is not None

    def back_up(self) -> None:
        """Set the whole database aside."""
        self.backups.append((self.now, self.memory.save(), Counter(self.applied)))

    async def restore_from(self, number: int) -> tuple[timedelta, range]:
        """Put a backup back as the runbook says; how old it was, and the numbers it knows not."""
        taken, saved, applied = self.backups[number]
        self.backups, self.applied = self.backups[: number + 1], Counter(applied)
        self.memory.put_back(saved)
        last = self._head()
        await restored(self.runtime, self.now)
        return self.now - taken, range(last + 1, self._head())

    def _head(self) -> int:
        return int(self.memory.one("SELECT seq FROM authority_head")[0])


async def archive_old(w: World, db: Any) -> None:
    """The nightly deed, as if eighteen months had passed for what is old."""
    await prepare.archive_sittings(db, w.authority_id, w.now + timedelta(days=560))


async def purge_old(w: World, db: Any) -> None:
    """The nightly deed, as if tombstones were kept for less long."""
    days = w.chance.choice([731, 740, 760])
    await pulling.purge_tombstones(db, w.authority_id, w.now + timedelta(days=days))


async def erase_old(w: World, db: Any) -> None:
    """The nightly deed, as if what is deleted were kept for less long."""
    days = w.chance.choice([10, 31])
    await pulling.erase_deleted(db, w.authority_id, w.now + timedelta(days=days))


DEEDS: dict[Deed, int] = {
    **{deed: weight for deed, weight in deeds.DEEDS.items() if deed.__name__ not in
       ("archive", "purge", "read_piece", "deactivate", "reactivate")},
    deeds.read_piece: 4, archive_old: 1, purge_old: 3, erase_old: 2,
    deeds.deactivate: 2, deeds.reactivate: 6,
}  # fmt: skip


@contextmanager
def seeded(seed: int | str) -> Iterator[None]:
    """Ids and keys drawn from the seed: the same history every time, whatever came before it.

    What SQLAlchemy calls a subquery is drawn apart: a question that is kept draws no name again.
    """
    chance = random.Random(seed)
    real, clock = os.urandom, database.time
    vars(selectable)["os"] = SimpleNamespace(urandom=real)
    os.urandom = chance.randbytes
    vars(database)["time"] = SimpleNamespace(time_ns=lambda: int(START.timestamp() * 1e9))
    try:
        yield
    finally:
        os.urandom = real
        vars(selectable)["os"] = os
        vars(database)["time"] = clock


@contextmanager
def quick_questions() -> Iterator[None]:
    """What a pull asks is put into words once for each actor: pure, and slow to do.

    From which tablet they ask, and when they left, is nothing to the words.
    """
    names = ("_first", "_rows")
    real = {name: vars(pulling)[name] for name in names}

    def quick(ask: Callable[..., Any]) -> Callable[..., Any]:
        known = lru_cache(1000)(ask)

        def asked(*given: Any) -> Any:
            *kind, actor = given
            return known(*kind, replace(actor, device_id=NOBODY, ended_at=None))

        return asked

    vars(pulling).update({name: quick(ask) for name, ask in real.items()})
    try:
        yield
    finally:
        vars(pulling).update(real)


@cache
def schema() -> bytes:
    """An empty, migrated database."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite3"
        asyncio.run(migrate(f"sqlite+aiosqlite:///{path}"))
        with sqlite3.connect(path) as found:
            return found.serialize()


@asynccontextmanager
async def founded() -> AsyncIterator[tuple[Town, bytes]]:
    """A town with people, a called sitting and pieces, and its database as it is then."""
    # Not the seed of a history, which would draw the same secrets again.
    with tempfile.TemporaryDirectory() as folder, seeded("the first day"):
        settings = Settings(data=Path(folder), database="sqlite+aiosqlite:///:memory:")
        async with open_runtime(settings) as runtime:
            await runtime.engine.dispose()
            memory = Memory()
            memory.connect(runtime.engine)
            memory.put_back(await asyncio.to_thread(schema))
            town = Town(Seeing.by(runtime), memory)
            town.now = START
            async with runtime.engine.connect():
                pass  # The first does what is done once, and waits for its turn.
            with without_waiting():
                await town.found()
                await deeds.prelude(town)
                yield town, memory.save()
