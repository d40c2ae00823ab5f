"""The limit of a push: the same sealed rows, in the same batches, by the driver alone."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import asyncpg

TABLES = {"mutation": "seq, ordinal", "annotation": "seq, id"}
"""What a note leaves in the database, and the order it came in."""

Record = Sequence[Any]


class Bare(Protocol):
    """The rows of a push, written again into empty tables of the same shape."""

    def insert(self, size: int, most: int) -> list[float]:
        """Seconds of each commit of `size` notes, `most` notes in all."""

    def select(self) -> float:
        """Seconds to read every note."""


class BareSqlite:
    """sqlite3 on a file of its own, in the journal mode of the server and as durable."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with sqlite3.connect(file) as source:
            self._rows = [
                source.execute(f"SELECT * FROM {table} ORDER BY {order}").fetchall()
                for table, order in TABLES.items()
            ]
            self._shape = [
                row[0]
                for row in source.execute(
                    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN (?, ?)"
                    " ORDER BY type = 'index'",
                    tuple(TABLES),
                )
            ]

    def insert(self, size: int, most: int) -> list[float]:
        file = self._file.with_name(f"bare-{size}.sqlite3")
        target = sqlite3.connect(file, isolation_level=None)
        target.execute("PRAGMA journal_mode = WAL")
        target.execute("PRAGMA synchronous = FULL")
        for statement in self._shape:
            target.execute(statement)
        times: list[float] = []
        for parts in _batches(self._rows, size, most):
            begun = time.perf_counter()
            target.execute("BEGIN IMMEDIATE")
            for table, rows in zip(TABLES, parts, strict=True):
                holes = ", ".join("?" * len(rows[0]))
                target.executemany(f"INSERT INTO {table} VALUES ({holes})", rows)
            target.execute("COMMIT")
            times.append(time.perf_counter() - begun)
        target.close()
        return times

    def select(self) -> float:
        with sqlite3.connect(self._file) as source:
            begun = time.perf_counter()
            source.execute("SELECT * FROM annotation ORDER BY seq").fetchall()
            return time.perf_counter() - begun


class BarePostgres:
    """asyncpg on tables like those of the server, indexes included."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+asyncpg", "postgresql")

    def insert(self, size: int, most: int) -> list[float]:
        return asyncio.run(self._insert(size, most))

    async def _insert(self, size: int, most: int) -> list[float]:
        target = await asyncpg.connect(self._url)
        held = [
            [tuple(row) for row in await target.fetch(f"SELECT * FROM {table} ORDER BY {order}")]
            for table, order in TABLES.items()
        ]
        for table in TABLES:
            await target.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
        times: list[float] = []
        for parts in _batches(held, size, most):
            begun = time.perf_counter()
            async with target.transaction():
                for table, rows in zip(TABLES, parts, strict=True):
                    holes = ", ".join(f"${n}" for n in range(1, len(rows[0]) + 1))
                    await target.executemany(f"INSERT INTO bare_{table} VALUES ({holes})", rows)
            times.append(time.perf_counter() - begun)
        for table in TABLES:
            await target.execute(f"DROP TABLE bare_{table}")
        await target.close()
        return times

    def select(self) -> float:
        return asyncio.run(self._select())

    async def _select(self) -> float:
        source = await asyncpg.connect(self._url)
        begun = time.perf_counter()
        await source.fetch("SELECT * FROM annotation ORDER BY seq")
        took = time.perf_counter() - begun
        await source.close()
        return took


def _batches(
    tables: Sequence[Sequence[Record]], size: int, most: int
) -> Iterator[list[Sequence[Record]]]:
    for start in range(0, most, size):
        yield [rows[start : min(start + size, most)] for rows in tables]
