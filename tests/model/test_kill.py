"""`kill -9` of the server under load, twenty times: nothing acknowledged is lost or doubled."""

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from cartable.database import create_engine
from cartable.runtime import Runtime
from cartable.settings import Settings
from tests.cast import Cast
from tests.desk import Desk, paper
from tests.model.clients import Pusher
from tests.serving import free_port

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

KILLS = 20
PEOPLE = ("alice", "bruno", "paul")


class Server:
    """The real server as a process that can be killed with everything it started."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._port = settings, free_port()
        self.base = f"http://localhost:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [str(Path(sys.executable).with_name("cartable")), "serve", "--no-worker"]
        env = {
            "CARTABLE_DATA": str(self._settings.data),
            "CARTABLE_DATABASE": self._settings.database,
            "CARTABLE_PORT": str(self._port),
            "CARTABLE_LOG_LEVEL": "error",
        }
        self._process = subprocess.Popen(command, env={**os.environ, **env}, start_new_session=True)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.base}/health/ready").status_code == 200:
                    return
            time.sleep(0.05)
        raise AssertionError("the server does not start")

    def kill(self) -> None:
        """SIGKILL, to every process of it."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
            self._process = None


@contextlib.asynccontextmanager
async def _connected(settings: Settings) -> Any:
    # As its owner, whom row security does not bind.
    engine = create_engine(settings.owner_url)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


async def _kill_a_backend(settings: Settings) -> None:
    """SIGKILL of one process of PostgreSQL: all of it starts again, as after a crash."""
    asked = text(
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with contextlib.suppress(DBAPIError, OSError):  # this connection is cut too
        async with _connected(settings) as db:
            pids = list(await db.scalars(asked))
            for pid in pids[:1]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except (PermissionError, ProcessLookupError):  # of another user or machine
                    await db.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})


async def _awake(settings: Settings) -> None:
    """Until the database has recovered."""
    for _ in range(600):
        with contextlib.suppress(DBAPIError, OSError):
            async with _connected(settings) as db:
                await db.execute(text("SELECT 1"))
                return
        await asyncio.sleep(0.1)
    raise AssertionError("the database does not come back")


async def _count(db: AsyncConnection, question: str) -> int:
    found = await db.scalar(text(question))
    return int(found or 0)


async def _ordeal(settings: Settings, pushers: list[Pusher], server: Server) -> None:
    chance, stop = random.Random(1), threading.Event()
    threads = [threading.Thread(target=pusher.work, args=(stop,)) for pusher in pushers]
    for thread in threads:
        thread.start()
    try:
        for number in range(KILLS):
            before = sum(len(pusher.acknowledged) for pusher in pushers)
            deadline = time.monotonic() + 60
            while sum(len(p.acknowledged) for p in pushers) == before:
                assert time.monotonic() < deadline, "nothing is acknowledged any more"
                await asyncio.sleep(0.02)
            await asyncio.sleep(chance.random() * 0.3)
            if not settings.is_sqlite and number % 4 == 3:
                await _kill_a_backend(settings)
                await asyncio.sleep(0.2)
            server.kill()
            await _awake(settings)
            await asyncio.to_thread(server.start)
    finally:
        stop.set()
        for thread in threads:
            await asyncio.to_thread(thread.join)


async def test_twenty_kills_lose_and_double_nothing(
    cast: Cast, settings: Settings, runtime: Runtime, do_jobs: Any
) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    made = await desk.piece(sitting, paper(), agenda_item_id=await desk.item(sitting))
    await do_jobs()
    assert (await desk.convene(sitting)).status_code == 200
    where = {
        "sitting": sitting,
        "document_id": made["document"]["id"],
        "sha256": made["pending"]["sha256"],
    }
    await runtime.engine.dispose()
    server = Server(settings)
    pushers = [
        Pusher(server.base, cast.town.path, f"{name}@staubin.example", where, seed)
        for seed, name in enumerate(PEOPLE)
    ]
    await asyncio.to_thread(server.start)
    try:
        for pusher in pushers:
            await asyncio.to_thread(pusher.sign_in)
        await _ordeal(settings, pushers, server)
        for pusher in pushers:
            await asyncio.to_thread(pusher.finish)
    finally:
        server.kill()
    await _check(settings, pushers)


async def _check(settings: Settings, pushers: list[Pusher]) -> None:
    written = [one for pusher in pushers for one in pusher.written.values()]
    assert all(pusher.failures for pusher in pushers), "no kill was felt"
    assert {mid for pusher in pushers for mid in pusher.acknowledged} == {
        one["mid"] for one in written
    }
    answers = sum(one["name"] == "answer_call" for one in written)
    async with _connected(settings) as db:
        if settings.is_sqlite:
            assert await db.scalar(text("PRAGMA integrity_check")) == "ok"
        assert await _count(db, "SELECT count(*) FROM mutation") == len(written)
        assert await _count(db, "SELECT count(*) FROM mutation WHERE outcome <> 'applied'") == 0
        assert await _count(db, "SELECT count(*) FROM annotation") == len(written) - answers
        assert await _count(db, "SELECT count(*) FROM attendance_answer") == answers
        assert await _count(db, "SELECT count(DISTINCT id) FROM mutation") == len(written)
    sys.stdout.write(
        f"{KILLS} kills, {len(written)} mutations,"
        f" {sum(pusher.failures for pusher in pushers)} requests cut\n"
    )
