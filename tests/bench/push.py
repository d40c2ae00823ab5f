"""Pushes of notes over HTTP, beside the same sealed rows inserted by the driver alone.

On the embedded database, and on PostgreSQL when CARTABLE_TEST_POSTGRES_URL is given
(`eval "$(deploy/dev/postgresql start DIR)"`).
"""

import asyncio
import json
import os
import queue
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import httpx

from cartable import worker
from cartable.database import uuid7
from cartable.runtime import Runtime
from tests.bench.bare import Bare, BarePostgres, BareSqlite
from tests.cast import Cast
from tests.pushing import Piece, piece
from tests.serving import Served, served

NOTES = 10_000
BATCH = 50
SINGLES = 300
THERE_AND_BACK = 60
TEXT = "Demander au rapporteur le coût au kilomètre et la part de la région, point {} du débat."
POSTGRES = "CARTABLE_TEST_POSTGRES_URL"


def main() -> None:
    """Prints times and ratios of each database in turn."""
    _measure("SQLite", "")
    if not os.environ.get(POSTGRES):
        print(f"PostgreSQL: not measured, {POSTGRES} is not given")
        return
    with _database() as url:
        _measure("PostgreSQL", url)


def _measure(name: str, database: str) -> None:
    held: list[Piece] = []

    async def fill(cast: Cast, runtime: Runtime) -> None:
        held.append(await piece(cast, lambda: worker.drain(runtime)))

    with served(fill, has_worker=False, database=database) as server:
        first, second = Tablet(server, held[0]), Tablet(server, held[0])
        second.pull()
        print(f"{name}:")
        idle = server.cpu()
        pushed = [first.push(BATCH) for _ in range(NOTES // BATCH)]
        spent = server.cpu() - idle
        bare: Bare = BarePostgres(database) if database else BareSqlite(server.settings.data / FILE)
        _tell(f"  push of {NOTES} notes by {BATCH}", pushed, bare.insert(BATCH, NOTES))
        print(f"    processor of the server: {spent:.2f} s")
        begun = time.perf_counter()
        idle = server.cpu()
        rows = second.pull()
        took, spent = time.perf_counter() - begun, server.cpu() - idle
        assert rows >= NOTES, "the second tablet has every note of the first"
        limit = min(bare.select() for _ in range(3))
        print(f"  pull of them by a second tablet: {took:.2f} s, processor {spent:.2f} s")
        print(f"    bare select: {limit * 1000:.0f} ms   ratio: {took / limit:.0f}")
        singles = [first.push(1) for _ in range(SINGLES)]
        alone = bare.insert(1, SINGLES)
        _tell(f"  push of {SINGLES} notes one by one", singles, alone)
        second.pull()
        _there_and_back(first, second, statistics.median(alone))


FILE = "cartable.sqlite3"


def _tell(what: str, ours: list[float], bare: list[float]) -> None:
    print(f"{what}: {sum(ours):.2f} s, a push {_spread(ours)}")
    ratio = sum(ours) / sum(bare)
    print(f"    bare inserts: {sum(bare):.2f} s, a commit {_spread(bare)}   ratio: {ratio:.1f}")


def _spread(times: list[float]) -> str:
    ordered = sorted(times)
    p50, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    return f"p50 {p50 * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms"


def _there_and_back(first: "Tablet", second: "Tablet", bare: float) -> None:
    """A note pushed by one tablet, until the hint brought the other to pull it."""
    times: list[float] = []
    with second.hints() as hints:
        for _ in range(THERE_AND_BACK):
            begun = time.perf_counter()
            first.push(1)
            while not second.pull():
                hints.get(timeout=20)
            times.append(time.perf_counter() - begun)
            time.sleep(REST)
            while not hints.empty():
                hints.get_nowait()
    print(f"  one note there and back, by a live hint: {_spread(times)}")
    ratio = statistics.median(times) / bare
    print(f"    bare insert of one: p50 {bare * 1000:.1f} ms   ratio: {ratio:.1f}")


REST = 0.3
"""Between two notes, so that each one is told by a hint of its own."""


class Tablet:
    """One signed-in device of one councillor, who writes notes on one piece."""

    def __init__(self, server: Served, on: Piece) -> None:
        self._http = server.sign_in("alice@staubin.example")
        self._path = f"{server.cast.town.path}/sync"
        self._on, self._cursor = on, None
        self._epoch = self._http.get(f"{self._path}/head").json()["epoch"]

    def push(self, count: int) -> float:
        """Seconds of a push of new notes, each of which must be applied."""
        body = {"epoch": self._epoch, "mutations": [self._note(n) for n in range(count)]}
        content = json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        begun = time.perf_counter()
        answer = self._http.post(f"{self._path}/push", content=content, headers=headers)
        took = time.perf_counter() - begun
        outcomes = {one["outcome"] for one in answer.raise_for_status().json()["outcomes"]}
        assert outcomes == {"applied"}, outcomes
        return took

    def _note(self, number: int) -> dict[str, Any]:
        mark = {"kind": "note", "colour": "yellow", "text": TEXT.format(number)}
        body = {"document_id": self._on.document, "sha256": self._on.sha256, "page": 1}
        return {
            "mid": str(uuid7()),
            "name": "put_annotation",
            "version": 1,
            "entity": str(uuid7()),
            "base": 0,
            "at": datetime.now(UTC).isoformat(),
            "body": body | {"mark": mark},
        }

    def pull(self) -> int:
        """How many rows came, on as many pages as it takes."""
        rows = 0
        while True:
            page = self._http.post(f"{self._path}/pull", json={"cursor": self._cursor}).json()
            self._cursor, rows = page["cursor"], rows + len(page["rows"])
            if not page["more"]:
                return rows

    @contextmanager
    def hints(self) -> Iterator["queue.Queue[int]"]:
        """Numbers told by the live stream, while the block lasts; the first one is out."""
        told: queue.Queue[int] = queue.Queue()
        http = httpx.Client(
            base_url=self._http.base_url,
            cookies=self._http.cookies,
            timeout=httpx.Timeout(10, read=None),
        )

        def listen() -> None:
            with http.stream("GET", "/api/sync/hints") as answer:
                for line in answer.iter_lines():
                    if line.startswith("data: "):
                        told.put(json.loads(line[6:])["seq"])

        threading.Thread(target=listen, daemon=True).start()
        told.get(timeout=20)
        yield told


@contextmanager
def _database() -> Iterator[str]:
    """An empty database of the server that is given, dropped at the end."""
    server, name = os.environ[POSTGRES], f"cartable_bench_{uuid4().hex[:12]}"
    plain = server.replace("postgresql+asyncpg", "postgresql")

    async def on_server(statement: str) -> None:
        connection = await asyncpg.connect(plain)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(on_server(f'CREATE DATABASE "{name}"'))
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        asyncio.run(on_server(f'DROP DATABASE "{name}" WITH (FORCE)'))


if __name__ == "__main__":
    main()
