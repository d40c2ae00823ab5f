"""Hints between processes: PostgreSQL carries them, and they come back after a cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from cartable.authorities.actions import authority_write, hint_only
from cartable.runtime import Runtime, open_runtime
from cartable.settings import Settings
from cartable.sync import hints, relay
from tests.cast import Cast
from tests.sync.streams import SOON, reading
from tests.world import good

pytestmark = [pytest.mark.anyio, pytest.mark.postgresql]
RELAYS = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND (query LIKE 'LISTEN%' OR query LIKE '%pg_notify%')"
)


@pytest.fixture(autouse=True)
def without_the_net(monkeypatch: pytest.MonkeyPatch) -> None:
    """What arrives came through the relay."""
    monkeypatch.setattr(hints, "NET_EVERY", 3600)


@asynccontextmanager
async def _process(settings: Settings) -> AsyncIterator[Runtime]:
    """The open parts of another process of the same server."""
    async with open_runtime(settings) as runtime, hints.hinting(runtime):
        yield runtime


async def _write(runtime: Runtime, authority_id: UUID, only: UUID | None = None) -> int:
    async with runtime.writing() as db:
        seq = await authority_write(db, authority_id)
        if only is not None:
            hint_only(db, only)
    return seq


async def _relays(runtime: Runtime, count: int) -> list[int]:
    """The relays' connections, once so many listen."""
    async with asyncio.timeout(SOON):
        while True:
            async with runtime.reading() as db:
                found = list(await db.scalars(text(RELAYS)))
            if len(found) == count:
                return found
            await asyncio.sleep(0.02)


async def test_a_commit_of_one_process_is_told_by_another(
    app: Any, cast: Cast, settings: Settings, runtime: Runtime
) -> None:
    town = cast.town.id
    alice_id = UUID(good(await cast.alice.get("/api/me"))["account"]["id"])
    async with (
        _process(settings) as worker,
        reading(app, cast.alice) as alice,
        reading(app, cast.bruno) as bruno,
    ):
        head = (await alice.heads(1))[town]
        await bruno.heads(1)
        await _relays(runtime, 2)
        await _write(worker, town)
        assert await alice.hint() == (town, head + 1)
        assert await bruno.hint() == (town, head + 1)
        await _write(worker, town, alice_id)
        assert await alice.hint() == (town, head + 2)
        await bruno.nothing()
        runtime.bus.check({town: head + 2})
        await bruno.nothing(0.2)


async def test_it_comes_back_after_a_cut(
    app: Any,
    cast: Cast,
    settings: Settings,
    runtime: Runtime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relay, "AGAIN_IN", 0.1)
    town = cast.town.id
    async with _process(settings) as worker, reading(app, cast.alice) as alice:
        await alice.heads(1)
        before = await _relays(runtime, 2)
        async with runtime.writing() as db:
            for pid in before:
                await db.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        for _ in range(200):
            if not set(await _relays(runtime, 2)) & set(before):
                break
            await asyncio.sleep(0.02)
        seq = await _write(worker, town)
        while (await alice.hint())[1] < seq:
            pass


async def test_a_process_ends_with_its_relay(settings: Settings, runtime: Runtime) -> None:
    async with _process(settings):
        await _relays(runtime, 1)
    await _relays(runtime, 0)
