"""The whole schema, and bringing a database to it."""

import asyncio

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from cartable import jobs
from cartable.accounts import tables as accounts
from cartable.annotations import tables as annotations
from cartable.attendance import tables as attendance
from cartable.audit import tables as audit
from cartable.authorities import tables as authorities
from cartable.connections import tables as connections
from cartable.database import WRITES, Table, begin_ourselves
from cartable.documents import tables as documents
from cartable.mail import tables as mail
from cartable.members import tables as members
from cartable.mutations import tables as mutations
from cartable.notifications import tables as notifications
from cartable.personal import tables as personal
from cartable.readings import tables as readings
from cartable.settings import ROOT
from cartable.sittings import tables as sittings
from cartable.votes import tables as votes

DOMAINS = (
    jobs, accounts, audit, authorities, documents, members, sittings, mutations, annotations,
    votes, readings, attendance, notifications, mail, connections, personal,
)  # fmt: skip
metadata = Table.metadata


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def plain_engine(url: str) -> AsyncEngine:
    """An engine without our pragmas: on SQLite foreign keys stay off while tables are remade."""
    engine = create_async_engine(url)
    if engine.dialect.name == "sqlite":
        begin_ourselves(engine)
    return engine


async def migrate(url: str, serving_role: str = "", revision: str = "head") -> None:
    """Bring the database at `url` to the newest schema, whole or not at all; forward only.

    `serving_role`: on PostgreSQL, the role that serves and owns nothing: what it may do is given
    again each time, for tables that are new. `revision`: an older schema, for tests of upgrades.
    """
    engine = plain_engine(url).execution_options(**WRITES)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, revision)
            if serving_role:
                await connection.run_sync(_let_in, serving_role)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _let_in(connection: Connection, role: str) -> None:
    quoted = connection.dialect.identifier_preparer.quote(role)
    rights = "SELECT, INSERT, UPDATE, DELETE"
    connection.exec_driver_sql(f"GRANT {rights} ON ALL TABLES IN SCHEMA public TO {quoted}")
    connection.exec_driver_sql(f"REVOKE ALL ON alembic_version FROM {quoted}")
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {quoted}")


async def is_current(url: str) -> bool:
    """Whether the database at `url` has the newest schema."""
    engine = plain_engine(url)
    try:
        async with engine.connect() as connection:
            revision = await connection.run_sync(
                lambda c: MigrationContext.configure(c).get_current_revision()
            )
    finally:
        await engine.dispose()
    newest = await asyncio.to_thread(
        lambda: ScriptDirectory.from_config(_config()).get_current_head()
    )
    return revision == newest


async def differences(url: str) -> list[object]:
    """What the database lacks or has too much, compared with the tables of the code."""
    engine = plain_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(
                lambda c: list(
                    compare_metadata(
                        MigrationContext.configure(c, opts={"compare_type": True}), metadata
                    )
                )
            )
    finally:
        await engine.dispose()
