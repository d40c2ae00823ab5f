"""The database, SQLite or PostgreSQL: engine, transactions, column types, ids.

A session reads in one snapshot until a deed calls `begin_write`; then it writes. On SQLite a read
transaction cannot become a writer, so the snapshot is ended first and every row must be read again.
"""

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, DateTime, Dialect, MetaData, TypeDecorator, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import JSON

from cartable import revocations
from cartable.tenancy import TenantSession

WRITES = {"cartable_write": True}
"""Execution option of a transaction that writes from its beginning."""
_OF_TRANSACTION = (
    "writing", "heads", "hint_only", "enqueued", "revoked", "closing", "journal_payloads",
    "host_lines",
)  # fmt: skip
"""Marks that a session's `info` bears while one transaction lasts."""

_READ_POSTGRESQL = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

Json = JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in, aware out, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: UtcDateTime,
        list[str]: Json,
        dict[str, Any]: Json,
    }


class Synced:
    """Columns of every row that travels to tablets (sync.md, section 1).

    `seq` is the number of the row's last change in its authority; `deleted_at` makes a tombstone.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    deleted_at: Mapped[datetime | None]


def uuid7() -> UUID:
    """A UUID version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then chance."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    value = (value & ~(0xF << 76)) | (7 << 76)
    value = (value & ~(0b11 << 62)) | (0b10 << 62)
    return UUID(int=value)


def create_engine(url: str) -> AsyncEngine:
    """An engine with our rules for `url` (stack.md, server recipes 6 and 7)."""
    options: dict[str, Any] = {
        # What is written has names and addresses in it: errors must not carry it to the logs.
        "hide_parameters": True,
        "json_serializer": lambda value: msgspec.json.encode(value).decode(),
        "json_deserializer": msgspec.json.decode,
    }
    if url.startswith("sqlite"):
        engine = create_async_engine(url, **options)
        begin_ourselves(
            engine,
            ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"),
        )
        return engine
    return create_async_engine(
        url, pool_size=10, max_overflow=0, pool_pre_ping=False, pool_timeout=10, **options
    )


def begin_ourselves(engine: AsyncEngine, pragmas: Sequence[str] = ()) -> None:
    """Begin SQLite's transactions: its driver does so before rows change, and for nothing else, so
    that what was read, or a table changed, before the first of them would not be part of it."""

    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("cartable_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")


def session_maker(
    engine: AsyncEngine, journal: Path | None = None, **held: Any
) -> async_sessionmaker[AsyncSession]:
    """Sessions whose rows stay readable after the commit. `journal`: the file of revocations;
    `held`: what any deed may need of its process, found again in `db.info`."""
    return async_sessionmaker(
        engine,
        sync_session_class=TenantSession,
        expire_on_commit=False,
        autoflush=True,
        info={"journal": journal, **held},
    )


async def begin_read(db: AsyncSession) -> AsyncConnection:
    """Open the session's read-only snapshot, unless a transaction is already open."""
    if db.in_transaction():
        return await db.connection()
    return await db.connection(execution_options=_read_options(db))


async def begin_write(db: AsyncSession) -> None:
    """End the snapshot, if any, and open a transaction that may write.

    What was read before must be read again: the world may have changed in between.
    """
    if db.info.get("writing"):
        return
    await db.rollback()
    # A transaction that was committed before leaves its rows in the session, as they were then.
    db.expire_all()
    await db.connection(execution_options=WRITES)
    db.info["writing"] = True


async def end(db: AsyncSession, *, commit: bool) -> None:
    """Close the session's transaction.

    What it was for is noted in `db.info["committed"]`, one entry for each transaction, only once
    the commit has succeeded: others are told of that and of nothing else. `db.info["closing"]`
    holds what is still to be done in it, last of all.
    """
    if commit and "closing" in db.info:
        await db.flush()
        for finish in db.info.pop("closing").values():
            await finish(db)
    if commit and "revoked" in db.info and (journal := db.info.get("journal")):
        await asyncio.to_thread(revocations.append, journal, db.info["revoked"])
    await (db.commit() if commit else db.rollback())
    marks = {mark: db.info.pop(mark) for mark in _OF_TRANSACTION if mark in db.info}
    if commit:
        db.info.setdefault("committed", []).append(marks)


_OUTAGES = ("08", "25", "40", "53", "55", "57", "58", "XX")
"""Classes of SQLSTATE: connection, transaction state, serialization, resources, locks, shutdown."""


def is_outage(error: BaseException) -> bool:
    """The database is lost, too slow or refused to serialize: the same request may work later.

    Anything else is the fault of what was asked.
    """
    if isinstance(error, InterfaceError) and isinstance(
        getattr(error.orig, "__cause__", None), ValueError | TypeError
    ):
        return False  # asyncpg names so a value that its column cannot hold.
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout | OSError | TimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return error.connection_invalidated or state.startswith(_OUTAGES)


def _read_options(db: AsyncSession) -> Mapping[str, Any]:
    bind = db.bind
    if isinstance(bind, AsyncEngine) and bind.dialect.name == "postgresql":
        return _READ_POSTGRESQL
    return {}
