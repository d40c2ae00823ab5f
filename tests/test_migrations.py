"""Migrations: from empty to the tables of the code, on both databases."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from cartable.runtime import Runtime
from cartable.schema import differences, is_current, metadata, migrate, plain_engine
from cartable.settings import Settings

pytestmark = pytest.mark.anyio

PLANTED = {
    "a table too many": "CREATE TABLE too_many (id INTEGER PRIMARY KEY)",
    "a table that lacks": "DROP TABLE reading_state",
    "a column too many": "ALTER TABLE member ADD COLUMN shoe_size INTEGER",
    "a column that lacks": "ALTER TABLE document DROP COLUMN title",
    "an index that lacks": "DROP INDEX ix_job_due_at",
}


async def _run(url: str, statement: str) -> None:
    engine = plain_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


async def test_the_migrated_schema_is_that_of_the_code(settings: Settings) -> None:
    assert await is_current(settings.database_url)
    assert await differences(settings.database_url) == []
    engine = plain_engine(settings.database_url)
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda c: set(inspect(c).get_table_names()))
    await engine.dispose()
    assert names == set(metadata.tables) | {"alembic_version"}


@pytest.mark.parametrize("what", PLANTED)
async def test_a_planted_difference_is_found(settings: Settings, what: str) -> None:
    await _run(settings.owner_url, PLANTED[what])
    assert await differences(settings.database_url) != []


async def test_an_unmigrated_database_is_not_current(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite3'}"
    assert not await is_current(url)
    await migrate(url)
    assert await is_current(url)
    await _run(url, "UPDATE alembic_version SET version_num = '0000'")
    assert not await is_current(url)


async def test_migrating_again_changes_nothing(settings: Settings, runtime: Runtime) -> None:
    await migrate(settings.owner_url)
    assert await is_current(settings.database_url)
    assert await differences(settings.database_url) == []


async def test_keys_between_tables_are_enforced(settings: Settings, runtime: Runtime) -> None:
    insert = (
        "INSERT INTO seat (id, authority_id, assembly_id, member_id, starts_on, is_voting, "
        "position, rank) VALUES ('00000000-0000-0000-0000-000000000001', "
        "'00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000003', "
        "'00000000-0000-0000-0000-000000000004', '2026-01-01', {}, '', 0)"
    ).format("1" if settings.is_sqlite else "true")
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        async with runtime.writing() as db:
            await db.execute(text(insert))
