"""One empty server per test, on SQLite and files or on PostgreSQL and S3.

`CARTABLE_TEST_DATABASE` chooses (see deploy/dev/test). Schemas are migrated once, then copied.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from cartable import worker
from cartable.app import create_app
from cartable.runtime import Runtime, open_runtime
from cartable.schema import migrate
from cartable.settings import Settings
from tests.cast import Cast, make_cast

SHARED = Path(__file__).resolve().parents[2] / "shared"
IS_POSTGRESQL = os.environ.get("CARTABLE_TEST_DATABASE") == "postgresql"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop library."""
    return "asyncio"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents beside the project."""
    if not SHARED.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("the shared folder of real documents is absent")
        pytest.skip("the shared folder of real documents is absent")
    return SHARED


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated, empty database to copy: a file, or a PostgreSQL template."""
    if not IS_POSTGRESQL:
        path = tmp_path_factory.mktemp("template") / "template.sqlite3"
        asyncio.run(migrate(f"sqlite+aiosqlite:///{path}"))
        yield str(path)
        return
    name = f"cartable_template_{uuid4().hex[:12]}"
    asyncio.run(_on_server(f'CREATE DATABASE "{name}"'))
    asyncio.run(migrate(_database(name)))
    yield name
    asyncio.run(_on_server(f'DROP DATABASE "{name}"'))


@pytest.fixture
async def settings(template: str, tmp_path: Path) -> AsyncIterator[Settings]:
    """Settings of a fresh server with an empty, migrated database."""
    common: dict[str, Any] = {"data": tmp_path / "var", "public_url": "http://cartable.test"}
    if not IS_POSTGRESQL:
        database = tmp_path / "test.sqlite3"
        shutil.copyfile(template, database)
        yield Settings(database=f"sqlite+aiosqlite:///{database}", **common)
        return
    name = f"cartable_test_{uuid4().hex[:12]}"
    await _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    env = os.environ
    yield Settings(
        database=_database(name),
        storage="s3",
        s3_endpoint=env["CARTABLE_TEST_S3_ENDPOINT"],
        s3_access_key=env["CARTABLE_TEST_S3_ACCESS_KEY"],
        s3_secret_key=env["CARTABLE_TEST_S3_SECRET_KEY"],
        s3_region=env["CARTABLE_TEST_S3_REGION"],
        s3_bucket="cartable-tests",
        **common,
    )
    await _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """The open parts of the server."""
    async with open_runtime(settings) as held:
        yield held


@pytest.fixture
async def app(settings: Settings, runtime: Runtime) -> AsyncIterator[Any]:
    """The application, without a worker: tests call `do_jobs` when they want the work done."""
    application = create_app(settings, has_worker=False, runtime=runtime)
    async with application.lifespan():
        yield application


@pytest.fixture
async def cast(app: Any, runtime: Runtime) -> AsyncIterator[Cast]:
    """Two towns with their people, all signed in."""
    made = await make_cast(app, runtime)
    yield made
    for person in made.people.values():
        await person.http.aclose()


@pytest.fixture
def do_jobs(runtime: Runtime) -> Any:
    """Do every due job now."""

    async def do() -> None:
        await worker.drain(runtime)

    return do


def _database(name: str) -> str:
    url = make_url(os.environ["CARTABLE_TEST_POSTGRES_URL"]).set(database=name)
    return url.render_as_string(hide_password=False)


async def _on_server(statement: str) -> None:
    engine = create_async_engine(
        os.environ["CARTABLE_TEST_POSTGRES_URL"], isolation_level="AUTOCOMMIT"
    )
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
