"""A SQLite database in memory, without the threads of aiosqlite: set aside and put back in a blink.

Everything above the driver is the real thing. One connection: whoever holds it is alone.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.ext.asyncio import engine as engines
from sqlalchemy.ext.asyncio import result as results
from sqlalchemy.ext.asyncio import session as sessions

Value = TypeVar("Value")

STATEMENTS = 1000
"""Kept prepared: more than the server has."""


class _Cursor(sqlite3.Cursor):
    """A cursor to SQLAlchemy's asyncio side."""

    async def _async_soft_close(self) -> None:
        """Its rows are read by then."""


class _Connection(sqlite3.Connection):
    """Lives as long as its `Memory`, whoever has done with it."""

    def cursor(self, factory: Any = _Cursor) -> Any:
        """A cursor."""
        return super().cursor(factory)

    def close(self) -> None:
        """Not yet."""

    def terminate(self) -> None:
        """Not yet either."""


async def _at_once(
    do: Callable[..., Value], *given: Any, _require_await: bool = False, **options: Any
) -> Value:
    return do(*given, **options)


@contextmanager
def without_waiting() -> Iterator[None]:
    """Nothing waits for a database in memory: what would be done aside is done on the spot."""
    real = {module: module.greenlet_spawn for module in (engines, results, sessions)}
    for module in real:
        vars(module)["greenlet_spawn"] = _at_once
    try:
        yield
    finally:
        for module, spawn in real.items():
            vars(module)["greenlet_spawn"] = spawn


class Memory:
    """One database held in memory, and the engine's door to it."""

    def __init__(self) -> None:
        self._held = sqlite3.connect(":memory:", factory=_Connection, cached_statements=STATEMENTS)

    def connect(self, engine: AsyncEngine) -> None:
        """Every connection of `engine` is this one from now on."""
        dialect: Any = engine.sync_engine.dialect
        module = {**vars(sqlite3), "connect": lambda *_args, **_options: self._held}
        dialect.dbapi = dialect.loaded_dbapi = SimpleNamespace(**module)

    def save(self) -> bytes:
        """The whole database."""
        return self._held.serialize()

    def put_back(self, saved: bytes) -> None:
        """The database is what it was when it was saved."""
        self._held.rollback()
        self._held.deserialize(saved)
        self._held.execute("PRAGMA foreign_keys=ON")

    def one(self, statement: str, *parameters: Any) -> Any:
        """The first row of a question asked behind the server's back; None without any."""
        return self._held.execute(statement, parameters).fetchone()

    def all(self, statement: str, *parameters: Any) -> list[Any]:
        """Every row; named parameters may be given as one dictionary."""
        given = parameters[0] if parameters and isinstance(parameters[0], dict) else parameters
        return self._held.execute(statement, given).fetchall()
