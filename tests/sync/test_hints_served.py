"""Streams of hints on the real server: it stops at once, and many readers cost little."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from cartable.accounts.passwords import token_hash
from cartable.accounts.tables import Account, Device
from cartable.authorities.actions import authority_write
from cartable.bus import STREAMS_OF_DEVICE
from cartable.database import uuid7
from cartable.members.tables import Member
from cartable.runtime import Runtime
from tests.cast import Cast
from tests.serving import Served, served

log = logging.getLogger(__name__)
PATH = "/api/sync/hints"
READERS = 500
MOST_EACH = 64 * 1024
"""Bytes of memory one more reader may take."""


@pytest.fixture
def server() -> Iterator[Served]:
    """A running server."""
    with served() as running:
        yield running


def test_a_commit_is_heard_and_the_server_stops_at_once(server: Served) -> None:
    clerk = server.sign_in("claire@staubin.example")
    with clerk.stream("GET", PATH) as answer:
        assert answer.status_code == 200
        lines = answer.iter_lines()
        heads = [next(lines) for _ in range(4)]
        assert heads[0].startswith("retry: ")
        assert heads[2].startswith("data: ")
        body = {
            "assembly_id": server.cast.town.assemblies["council"],
            "starts_at": "2031-01-10T18:30",
        }
        begin = time.monotonic()
        made = clerk.post(f"{server.cast.town.path}/sittings", json=body)
        assert made.status_code == 201
        assert next(line for line in lines if line.startswith("data: ")) != heads[2]
        assert time.monotonic() - begin < 2, "told at once, not by the net"
        begin = time.monotonic()
        os.kill(server.pid, signal.SIGTERM)
        assert [line for line in lines if line.startswith("data: ")] == [], "ended, not cut"
    while _is_alive(server.pid) and time.monotonic() - begin < 8:
        time.sleep(0.02)
    assert time.monotonic() - begin < 4


def _is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.slow
def test_many_readers_cost_little() -> None:
    tokens = [f"token{number}" for number in range(READERS // STREAMS_OF_DEVICE)]

    async def fill(cast: Cast, runtime: Runtime) -> None:
        now = datetime.now(UTC)
        async with runtime.writing() as db:
            seq = await authority_write(db, cast.town.id)
            for token in tokens:
                person = {"first_name": "Élue", "last_name": token, "created_at": now}
                account = Account(id=uuid7(), email=f"{token}@staubin.example", **person)
                db.add(account)
                await db.flush()
                seen = {"authority_id": cast.town.id, "seq": seq, "access_seq": seq}
                there = {"roles": ["councillor"], "position": "", "accepted_at": now}
                member = {"id": uuid7(), "account_id": account.id, "created_at": now}
                sign_in = {"id": uuid7(), "account_id": account.id, "name": "Tablette"}
                dates = {"created_at": now, "last_seen_at": now, "proved_at": now}
                shown = {"token_hash": token_hash(token), "method": "password"}
                db.add_all([Member(**member, **seen, **there), Device(**sign_in, **dates, **shown)])

    with served(fill) as server:
        asyncio.run(_many(server, tokens))


async def _many(server: Served, tokens: list[str]) -> None:
    limits = httpx.Limits(max_connections=None)
    async with (
        httpx.AsyncClient(base_url=server.base, timeout=60, limits=limits) as client,
        AsyncExitStack() as stack,
    ):
        before = server.resident()
        texts = []
        for token in tokens * STREAMS_OF_DEVICE:
            asked = client.stream("GET", PATH, headers={"cookie": f"cartable={token}"})
            texts.append((await stack.enter_async_context(asked)).aiter_text())
        for text in texts:
            assert "data: " in await anext(text)
        each = (server.resident() - before) / len(texts)
        clerk = server.sign_in("claire@staubin.example")
        council = {"assembly_id": server.cast.town.assemblies["council"]}
        body = {**council, "starts_at": "2031-01-10T18:30"}
        begin = time.monotonic()
        clerk.post(f"{server.cast.town.path}/sittings", json=body).raise_for_status()
        async with asyncio.timeout(5):
            for text in texts:
                await _hint(text)
        log.info("%.1f kB a reader, told in %.2f s", each / 1024, time.monotonic() - begin)
        assert each < MOST_EACH


async def _hint(text: AsyncIterator[str]) -> str:
    while True:
        if "data: " in (block := await anext(text)):
            return block
