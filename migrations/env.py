"""Runs the migrations on the connection that `cartable migrate` gives (SQLite or PostgreSQL)."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, text

from cartable.database import Json, UtcDateTime
from cartable.schema import metadata
from cartable.sealing import Sealed


def plain(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Our own types as the plain ones they stand on: a migration must not change with the code."""
    if kind == "type":
        if isinstance(thing, UtcDateTime):
            return "sa.DateTime(timezone=True)"
        if isinstance(thing, Sealed):
            return "sa.LargeBinary()"
        if thing is Json:
            return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def run(connection: Connection) -> None:
    """Upgrade in one transaction; foreign keys are checked at the end on SQLite.

    A batch migration on SQLite drops and remakes tables: with foreign keys on, child rows go too.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=plain,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # Row security holds the owner of the tables too, but for this (0012).
            connection.execute(text("SELECT set_config('cartable.across', 'migrations', true)"))
        context.run_migrations()
    if is_sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise RuntimeError("a migration left rows that point to nothing")


run(context.config.attributes["connection"])
