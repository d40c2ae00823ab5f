"""A SQLite database in memory, without the threads of aiosqlite: set aside and put back in a blink.

Everything above the driver is the real thing. One connection: whoever holds it is alone.
"""

import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.ext.asyncio import AsyncEngine


class _Cursor:
    """The part of aiosqlite's cursor that SQLAlchemy uses, without ever waiting."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    async def __aenter__(self) -> "_Cursor":
        return self

    async def execute(self, statement: str, parameters: Any = ()) -> None:
        """Run one statement."""
        self._cursor.execute(statement, parameters)

    async def executemany(self, statement: str, parameters: Any) -> None:
        """Run one statement for each row."""
        self._cursor.executemany(statement, parameters)

    async def fetchall(self) -> list[Any]:
        """Every row left."""
        return self._cursor.fetchall()

    async def fetchone(self) -> Any:
        """The next row."""
        return self._cursor.fetchone()

    async def close(self) -> None:
        """Let it go."""
        self._cursor.close()


class _Queue:
    """Where aiosqlite would hand work to its thread: done at once."""

    def put_nowait(self, asked: tuple[Any, Callable[[], Any]]) -> None:
        """Do it."""
        future, work = asked
        future.set_result(work())


class _Connection:
    """The part of aiosqlite's connection that SQLAlchemy uses."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._conn = self._connection = connection
        self._tx = _Queue()

    @property
    def isolation_level(self) -> Any:
        """That of sqlite3."""
        return self._conn.isolation_level

    def cursor(self) -> _Cursor:
        """A cursor."""
        return _Cursor(self._conn.cursor())

    async def create_function(self, *args: Any, **options: Any) -> None:
        """A function that statements may call."""
        self._conn.create_function(*args, **options)

    async def commit(self) -> None:
        """Keep the transaction."""
        self._conn.commit()

    async def rollback(self) -> None:
        """Undo the transaction."""
        self._conn.rollback()

    async def close(self) -> None:
        """The database lives as long as its `Memory`."""

    def stop(self) -> None:
        """The same, without ceremony."""


class _Module(AsyncAdapt_aiosqlite_dbapi):
    def __init__(self, held: sqlite3.Connection) -> None:
        super().__init__(aiosqlite, sqlite3)
        self._held = held

    def connect(self, *_args: Any, **_options: Any) -> AsyncAdapt_aiosqlite_connection:
        """A connection to the one database."""
        return AsyncAdapt_aiosqlite_connection(self, _Connection(self._held))


class Memory:
    """One database held in memory, and the engine's door to it."""

    def __init__(self) -> None:
        self._held = sqlite3.connect(":memory:", check_same_thread=False)
        self._dbapi = _Module(self._held)

    def connect(self, engine: AsyncEngine) -> None:
        """Every connection of `engine` is this one from now on."""
        dialect: Any = engine.sync_engine.dialect
        dialect.dbapi = dialect.loaded_dbapi = self._dbapi

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
